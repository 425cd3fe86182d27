/** Segments of channels, encrypted on request: decrypted by the letter they are what was stored, events and all. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { takeObject } from '../../../lib/channels/ingest/take-object.ts'
import { mediaReader } from '../../../lib/packaging/segments/stored-media.ts'
import { readStoredSegment } from '../../../lib/packaging/segments/stored-segment.ts'
import { signedObjects } from '../../../lib/platform/aws/signed-objects.ts'
import { numberOf, playlistUris, segmentSeconds, startChannels, writtenBy } from '../../channels/feeds.ts'
import { listedIn } from '../../channels/shown-media.ts'
import { ffmpegMissing } from '../../house/ffmpeg.ts'
import { protectionOf, samplesOf } from '../../judges/media/decrypt.ts'
import { sealedPackager } from './sealed-packager.ts'

const key = {
  kid: '0123456789abcdef0123456789abcdef',
  key: Buffer.from('00112233445566778899aabbccddeeff', 'hex'),
  iv: Buffer.from('ffeeddccbbaa99887766554433221100', 'hex'),
}
const begin = Date.UTC(2026, 11, 1, 10)
const buckets = { uploadBucket: 'upload', mediaBucket: 'media' }
const hevc = '-c:v libx265 -tag:v hvc1 -x265-params keyint=50:min-keyint=50:scenecut=0:log-level=none'

describe.skipIf(ffmpegMissing !== undefined).each([
  ['H.264', ''],
  ['HEVC', hevc],
])('a channel of %s', (_codec, words) => {
  let room: Awaited<ReturnType<typeof startChannels>>
  let packager: ReturnType<typeof sealedPackager>
  /** A segment and its init segment of each track; paths of clear media, without a leading slash. */
  const media = new Map<string, { readonly path: string; readonly init: string }>()
  beforeAll(async () => {
    room = await startChannels()
    for (const written of writtenBy('ts', 8, words)) {
      room.clock.nowMs = begin + (numberOf(written.path) + 1) * segmentSeconds * 1000
      await takeObject(room.ports, room.object(written, room.clock.nowMs))
    }
    packager = sealedPackager(mediaReader(signedObjects, buckets), key)
    const { body } = await room.get('index.m3u8', `start=${begin / 1000}&end=${begin / 1000 + 60}`)
    for (const uri of playlistUris(body)) {
      const listed = listedIn((await room.get(uri)).body, uri)
      const one = listed[1]
      const track = /\/(video-\d+(?:-trick)?|audio-\d+)\//.exec(one?.path ?? '')?.[1]
      if (one && track) media.set(track, one)
    }
  })
  afterAll(() => room.stop())

  const get = async (path: string, headers: Readonly<Record<string, string>> = {}) => {
    const answer = await packager.answer({ method: 'GET', path: `/${path}`, headers })
    return { ...answer, bytes: Buffer.concat(answer.body) }
  }
  /** The stored object, which the packager of protected content does not give. */
  const stored = async (path: string) => {
    const object = await room.ports.object(path.replace('media/clear/', 'timelines/'))
    if (!object) throw new Error(`${path}: expected an object`)
    return object
  }
  const sealed = (path: string, scheme: string): string => path.replace('/clear/', `/${scheme}-ALL-0/`)
  const all = ['video-1', 'audio-2', 'video-1-trick'].flatMap((track) =>
    ['cenc', 'cbcs'].map((scheme) => [track, scheme] as const),
  )

  it.each(all)('has %s under %s, which decrypted is what was stored', async (track, scheme) => {
    const { path, init } = media.get(track) ?? expect.fail(`no ${track}`)
    const [segment, head] = [await get(sealed(path, scheme)), await get(sealed(init, scheme))]
    expect([segment.status, head.status], segment.bytes.toString('latin1', 0, 200)).toEqual([200, 200])
    const how = protectionOf(head.bytes)
    expect(how).toMatchObject({ scheme, kid: key.kid })
    const clear = readStoredSegment(path, await stored(path.replace('-trick/', '/')))
    const wanted = samplesIn(clear).slice(0, track.endsWith('trick') ? 1 : undefined)
    expect(samplesOf(segment.bytes, key.key, how)).toEqual(wanted)
    expect(samplesOf(segment.bytes)).not.toEqual(wanted)
    // The same again, and a part of it.
    expect((await get(sealed(path, scheme))).bytes).toEqual(segment.bytes)
    const part = await get(sealed(path, scheme), { range: 'bytes=10-999' })
    expect(part.status).toBe(206)
    expect(part.bytes).toEqual(segment.bytes.subarray(10, 1000))
  })

  it.each(['cenc', 'cbcs'])('has the first frames of audio alone under %s', async (scheme) => {
    const { path, init } = media.get('audio-2') ?? expect.fail('no audio')
    const whole = samplesIn(readStoredSegment(path, await stored(path)))
    const how = protectionOf((await get(sealed(init, scheme))).bytes)
    const first = (ticks: number, of = path) => get(sealed(of, scheme).replace('.m4s', `-${ticks}.m4s`))
    for (const [ticks, count] of [
      [1, 1],
      [1024, 1],
      [3072, 3],
      [3073, 4],
    ] as const) {
      const { status, bytes } = await first(ticks)
      expect(status).toBe(200)
      expect(samplesOf(bytes, key.key, how)).toEqual(whole.slice(0, count))
    }
    // What is the whole has its own name, and pictures do not stand alone.
    expect((await first(whole.length * 1024)).status).toBe(404)
    expect((await first(3600, media.get('video-1')?.path)).status).toBe(404)
    expect((await get(path.replace('.m4s', '-3072.m4s'))).status).toBe(403)
  })

  it.each(['cenc', 'cbcs'])('is shown by FFmpeg with its key under %s', async (scheme) => {
    const { path, init } = media.get('video-1') ?? expect.fail('no video')
    const parts = [await get(sealed(init, scheme)), await get(sealed(path, scheme))]
    const clear = [await stored(init.replace(/^/, '')), await stored(path)]
    expect(framesOf(Buffer.concat(parts.map(({ bytes }) => bytes)), key.key.toString('hex'))).toEqual(
      framesOf(Buffer.concat(clear)),
    )
  })

  it('is not given in the clear, and has no segment that was not stored', async () => {
    const { path } = media.get('video-1') ?? expect.fail('no video')
    expect((await get(path)).status).toBe(403)
    expect((await get(sealed(path, 'cenc').replace(/\d+\.0\.m4s/, '1.0.m4s'))).status).toBe(404)
  })
})

describe('a stored segment', () => {
  it('without a moof is refused by its name', () => {
    const styp = Buffer.from('0000001073747970636d7366000000006d736468', 'hex')
    expect(() => readStoredSegment('a.m4s', styp.subarray(0, 16))).toThrow('a.m4s: expected a moof box')
  })
})

const samplesIn = ({ samples, fragment }: ReturnType<typeof readStoredSegment>): Buffer[] => {
  let at = 0
  return Array.from(fragment.sizes, (size) => Buffer.from(samples.subarray(at, (at += size))))
}

function framesOf(bytes: Uint8Array, decryptionKey?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'headend-sealed-'))
  try {
    writeFileSync(join(folder, 'a.mp4'), bytes)
    const words = [
      '-v',
      'error',
      ...(decryptionKey === undefined ? [] : ['-decryption_key', decryptionKey]),
      '-i',
      'a.mp4',
      '-f',
      'framemd5',
      '-',
    ]
    return execFileSync('ffmpeg', words, { cwd: folder }).toString()
  } finally {
    rmSync(folder, { recursive: true })
  }
}
