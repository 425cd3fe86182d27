/** A programme that is held plays for as long as it is, whatever becomes of its channel; and no longer. */
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { archiveMessage } from '../../lib/channels/archive/message.ts'
import { archivePorts } from '../../lib/channels/archive/store.ts'
import { holdMedia, type PlacePorts } from '../../lib/channels/index.ts'
import { sealHours } from '../../lib/channels/ingest/seal-hours.ts'
import { settleTail } from '../../lib/channels/ingest/settle.ts'
import { mediaReader } from '../../lib/packaging/index.ts'
import { signedObjects } from '../../lib/platform/aws/signed-objects.ts'
import { rulesOf } from '../channels/bucket-rules.ts'
import { breakFeed } from '../channels/cues/break-feed.ts'
import { playlistUris } from '../channels/feeds.ts'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { clearPackager } from '../packaging/segments/clear-packager.ts'
import { begin, clipOf, startProgrammes } from './programme-room.ts'

const dayMs = 86_400_000
const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const untilMs = begin + 33 * dayMs
const range = { fromMs: begin, toMs: begin + 24_000 }

describe.skipIf(ffmpegMissing !== undefined)('a programme that is held', () => {
  let programmes: Awaited<ReturnType<typeof startProgrammes>>
  let version: string
  let onFirstDay: ReadonlyMap<string, string>
  let place: PlacePorts
  const messages: string[] = []
  const room = () => programmes.room

  /** Every body a player gets: manifests, and a digest of each of their media. */
  const shown = async () => {
    const packager = clearPackager(
      mediaReader(signedObjects, { uploadBucket: 'upload', mediaBucket: 'media' }),
    )
    const bodies = new Map<string, string>()
    const multivariant = await programmes.get('index.m3u8')
    bodies.set('index.m3u8', multivariant)
    bodies.set('index.mpd', await programmes.get('index.mpd'))
    for (const uri of playlistUris(multivariant)) {
      const playlist = await programmes.get(uri)
      bodies.set(uri, playlist)
      const media = [...playlist.matchAll(/^(?!#)(\S+)$|URI="([^"]+)"/gm)].map((m) => m[1] ?? m[2] ?? '')
      for (const one of media) {
        const path = new URL(one, `http://any/presentations/tonight/${uri}`).pathname
        const { status, body } = await packager.answer({ method: 'GET', path, headers: {} })
        bodies.set(path, `${status} ${Buffer.concat(body).toString('base64').slice(0, 4000)}`)
      }
    }
    return bodies
  }
  const keys = async () => {
    const { Contents = [] } = await room().client.send(new ListObjectsV2Command({ Bucket: 'media' }))
    return Contents.map(({ Key = '' }) => Key)
  }
  const archive = () => archivePorts({ s3: room().client, table: 'channels', mediaBucket: 'media' })
  const deliver = async () => {
    for (const body of messages.splice(0)) await archiveMessage(body, archive(), log)
  }
  /** Days pass, and with them what has expired. */
  const day = async (number: number) => {
    room().clock.nowMs = begin + number * dayMs + 3600_000
    await room().sweep()
    await room().sweep()
  }

  beforeAll(async () => {
    programmes = await startProgrammes({ lifecycle: rulesOf('PackagingMedia') })
    place = {
      holds: programmes.holds,
      tell: async (hours) => void messages.push(JSON.stringify(hours)),
      now: () => room().clock.nowMs,
    }
    for (const one of (await breakFeed()).feed) await programmes.take(one)
    room().clock.nowMs += 3 * 3600_000
    const head = (await room().ports.live.head('live/news'))?.head
    if (!head) throw new Error('expected a channel')
    ;({ version } = head)
    await programmes.store([clipOf({ breaks: 'remove' })])
    const seconds = room().clock.nowMs / 1000
    await settleTail(room().ports, { head, seconds }, { isSilent: true })
    await sealHours(room().ports, head, { seconds, stoppedAtSeconds: seconds })
    messages.push(...room().toArchive.map((hour) => JSON.stringify(hour)))
    onFirstDay = await shown()
    // As events come: the archive twice, and the hold before it and behind it.
    await holdMedia(place, 'live/news', { id: 'programmes/evening', version, ...range, untilMs })
    messages.push(...messages.toReversed())
    await deliver()
  }, 60_000)
  afterAll(() => programmes?.room.stop())

  it('is all there on its first day', () => {
    expect([...onFirstDay.values()].filter((body) => body.startsWith('404'))).toEqual([])
    expect(onFirstDay.size).toBeGreaterThan(20)
  })

  it.each([1, 4, 30])('gives the same manifests and media on day %i', async (number) => {
    await day(number)
    const segments = (await keys()).filter((key) => /\/\d+\.0\.m4s$/.test(key))
    expect(segments.length > 0).toBe(number < 4)
    const now = await shown()
    expect([...now.keys()]).toEqual([...onFirstDay.keys()])
    for (const [path, body] of onFirstDay) expect(now.get(path), path).toBe(body)
  })

  it('shows nothing beside it, nor on the channel', async () => {
    await programmes.store([clipOf({ toMs: begin + 26_000 })]).catch(() => undefined)
    expect(await programmes.room.get('index.m3u8', `start=${begin / 1000}`)).toMatchObject({ status: 400 })
    expect(await refusalOf(clipOf({ toMs: begin + 26_000 }))).toBe('CLIP_RANGE')
    expect(await refusalOf(clipOf({ fromMs: begin - 2000 }))).toBe('CLIP_RANGE')
    // Its breaks may be changed, as long as it is held.
    expect(await refusalOf(clipOf({ breaks: 'remove' }))).toBe('stored')
    const row = await room().ports.live.head('live/news')
    expect(row?.head.version).toBe(version)
    expect([...(await shown()).values()]).toEqual([...onFirstDay.values()])
  })

  it('plays on when its channel has begun anew with other settings', async () => {
    const row = await room().ports.live.head('live/news')
    if (!row) throw new Error('expected a channel')
    const head = { ...row.head, version: 'f'.repeat(16), segmentSeconds: 6, tracks: [] }
    await room().ports.live.putHead({ ...row, head, revision: row.revision + 1 })
    expect([...(await shown()).values()]).toEqual([...onFirstDay.values()])
    await room().ports.live.putHead({ ...row, revision: row.revision + 2 })
  })

  it('plays no longer than it is held, and its media go', async () => {
    room().clock.nowMs = untilMs - 1
    expect(await programmes.get('index.m3u8')).toContain('#EXTM3U')
    room().clock.nowMs = untilMs
    expect(await programmes.get('index.m3u8')).toContain('404')
    await day(38)
    expect((await keys()).filter((key) => /archive|hours/.test(key))).toEqual([])
    expect([...(await shown()).values()].every((body) => body.startsWith('404'))).toBe(true)
  })

  const refusalOf = async (clip: Parameters<typeof programmes.store>[0][number]): Promise<string> =>
    programmes.store([clip]).then(
      () => 'stored',
      (error: unknown) => String((error as { code?: unknown }).code),
    )
})
