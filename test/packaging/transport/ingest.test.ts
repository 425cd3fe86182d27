/** A transport stream from upload to segment, over the wire: its samples lie beside its timeline, and only once. */
import { readFileSync } from 'node:fs'
import { ListMultipartUploadsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readObject } from '../../../lib/platform/aws/objects.ts'
import { ffmpegFilm, ffmpegMissing } from '../../house/ffmpeg.ts'
import { removeDirs } from '../../local/s3/harness.ts'
import { type Cloud, openCloud } from '../cloud.ts'
import { joined } from '../films/shelf.ts'

let cloud: Cloud
beforeAll(async () => {
  cloud = await openCloud()
})
afterAll(async () => {
  await cloud.close()
  await removeDirs()
})

/** More than a part of a multipart upload. */
const streamBytes = (): Uint8Array =>
  readFileSync(
    ffmpegFilm(
      '-f lavfi -i testsrc2=size=320x180:rate=25:duration=10,noise=alls=60:allf=t -f lavfi -i sine=duration=10 ' +
        '-c:v libx264 -preset ultrafast -pix_fmt yuv420p -b:v 10M -minrate 10M -maxrate 10M -bufsize 5M -g 50 -c:a aac -f mpegts',
      'ts',
    ),
  )

const keysUnder = async (prefix: string): Promise<string[]> => {
  const { Contents = [] } = await cloud.s3.send(new ListObjectsV2Command({ Bucket: 'media', Prefix: prefix }))
  return Contents.flatMap(({ Key }) => Key ?? []).toSorted()
}
const samplesOf = (prefix: string): Promise<Uint8Array> =>
  readObject(cloud.s3, { bucket: 'media', key: `${prefix}samples-0.bin` })

describe.skipIf(ffmpegMissing !== undefined)('an upload of a transport stream', () => {
  it('plays; its samples are kept under its version, and are the same if it is read again', async () => {
    const message = await cloud.put('vod/recording.m2t', streamBytes())
    expect(await cloud.ingest([message])).toBe(0)
    const item = await cloud.item('recording')
    expect(item).toMatchObject({
      state: 'ready',
      progress: 1,
      skipped: [],
      warnings: [],
      tracks: [
        { id: 'video-1', width: 320, height: 180, frameRate: [25, 1] },
        { id: 'audio-1', codec: 'mp4a.40.2' },
      ],
    })
    const prefix = `timelines/vod/recording/${String(item?.['version'])}/`
    const samples = await samplesOf(prefix)
    expect(samples.length).toBeGreaterThan(8 * 2 ** 20)
    const { tracks } = await cloud.timeline('recording')
    for (const { id, segments } of tracks)
      for (const { number, cut, bytes } of segments) {
        const path = `/${prefix.replace('timelines', 'media/clear')}${id}/${number}.${cut}.m4s`
        const answer = await cloud.packager.answer({ method: 'GET', path, headers: {} })
        expect([path, answer.status, joined(answer.body).length]).toEqual([path, 200, bytes])
      }
    const keys = await keysUnder(prefix)
    await cloud.putItem({ ...item, state: 'indexing' })
    expect(await cloud.ingest([message])).toBe(0)
    expect(await cloud.item('recording')).toMatchObject({ state: 'ready', version: item?.['version'] })
    expect(await keysUnder(prefix)).toEqual(keys)
    expect(Buffer.compare(await samplesOf(prefix), samples)).toBe(0)
  })

  it('that breaks off while its samples are written comes again, and leaves no parts behind', async () => {
    const { ports } = cloud
    let reads = 0
    const open: typeof ports.open = (key, source) => {
      const whole = ports.open(key, source)
      // The head is read three times: for boxes, for packets, and as the first part.
      const read: typeof whole.read = (offset, length) =>
        ++reads > 3 ? Promise.reject(new Error('socket hang up')) : whole.read(offset, length)
      return { ...whole, read }
    }
    const message = await cloud.put('vod/broken.ts', streamBytes())
    expect(await cloud.ingest([message], { ports: { ...ports, open } })).toBe(1)
    expect(await cloud.item('broken')).not.toMatchObject({ state: 'ready' })
    const { Uploads = [] } = await cloud.s3.send(new ListMultipartUploadsCommand({ Bucket: 'media' }))
    expect(Uploads).toEqual([])
    expect(await cloud.ingest([message])).toBe(0)
    expect(await cloud.item('broken')).toMatchObject({ state: 'ready' })
  })

  it('as one of the files of a folder is a part of its film', async () => {
    const picture = readFileSync(
      ffmpegFilm(
        '-f lavfi -i testsrc2=size=160x96:rate=25:duration=6 -c:v libx264 -preset ultrafast -g 25 -f mpegts',
        'ts',
      ),
    )
    const sound = readFileSync(ffmpegFilm('-f lavfi -i sine=duration=6 -c:a aac -f mp4', 'm4a'))
    await cloud.ingest([await cloud.put('vod/both/a.ts', picture), await cloud.put('vod/both/b.m4a', sound)])
    const item = await cloud.item('both')
    expect(item).toMatchObject({ state: 'ready', tracks: [{ id: 'video-1' }, { id: 'audio-1' }] })
    const keys = await keysUnder(`timelines/vod/both/${String(item?.['version'])}/`)
    expect(keys.filter((key) => key.includes('/samples-'))).toHaveLength(1)
  })
})
