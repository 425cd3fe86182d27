/** A programme of a protected channel, a month later: its keys and its media are there for it alone, as long as it is held. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { archiveMessage } from '../../lib/channels/archive/message.ts'
import { archivePorts } from '../../lib/channels/archive/store.ts'
import { holdMedia } from '../../lib/channels/index.ts'
import { sealHours } from '../../lib/channels/ingest/seal-hours.ts'
import { settleTail } from '../../lib/channels/ingest/settle.ts'
import { createPackager, mediaReader } from '../../lib/packaging/index.ts'
import { signedObjects } from '../../lib/platform/aws/signed-objects.ts'
import { signedTables } from '../../lib/platform/aws/signed-tables.ts'
import { nodeAes } from '../../lib/platform/crypto/aes.ts'
import { keyHoldStore } from '../../lib/rights/holds/store.ts'
import { keyOpener } from '../../lib/rights/index.ts'
import { entitle } from '../../lib/rights/licences/entitle.ts'
import { mediaRights } from '../../lib/rights/protection/media-rights.ts'
import type { Policy } from '../../lib/rights/protection/policy.ts'
import { asItIs, type Change, policyOf } from '../../lib/rights/publication/changes.ts'
import { publishProtection } from '../../lib/rights/publication/publish.ts'
import type { PlaybackClaims } from '../../lib/rights/tokens/playback-token.ts'
import { rulesOf } from '../channels/bucket-rules.ts'
import { breakFeed } from '../channels/cues/break-feed.ts'
import { playlistUris } from '../channels/feeds.ts'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { memoryRights } from '../rights/memory.ts'
import { memoryShelf } from '../rights/publication/memory-store.ts'
import { begin, clipOf, startProgrammes } from './programme-room.ts'

const dayMs = 86_400_000
const channel = 'live/news'
const windowSeconds = 48 * 3600
/** Two periods of the feed's 24 s, and the programme is the first of them. */
const policy: Policy = {
  mode: 'encrypted',
  schemes: ['cbcs'],
  systems: ['clearkey'],
  keys: 'shared',
  rotationSeconds: 12,
}
const untilMs = begin + 33 * dayMs
const range = { fromMs: begin, toMs: begin + 8000 }
const log = { info: () => undefined, warn: () => undefined, error: () => undefined }

describe.skipIf(ffmpegMissing !== undefined)('a programme of a protected channel', () => {
  let programmes: Awaited<ReturnType<typeof startProgrammes>>
  const rights = memoryRights(begin)
  const shelf = memoryShelf(undefined)
  const room = () => programmes.room
  const now = () => room().clock.nowMs
  const holds = () => keyHoldStore({ table: 'channels', tables: signedTables() })
  const publish = async <Result>(change: Change<Result>) => {
    const store = { ...shelf, onShow: () => Promise.resolve({ windowSeconds }) }
    await publishProtection(rights.ports, channel, { store, licenceUrl: 'https://licence.example', change })
  }
  const at = (ms: number) => {
    room().clock.nowMs = ms
    rights.clock.nowMs = ms
  }
  /** The playlist of the video: its key ids, and the paths of its media. */
  const playlist = async () => {
    const multivariant = await programmes.get('index.m3u8')
    const uri = playlistUris(multivariant).find((one) => one.endsWith('/video-1.m3u8')) ?? ''
    const text = uri === '' ? multivariant : await programmes.get(uri)
    const media = [...text.matchAll(/^(?!#)(\S+)$|#EXT-X-MAP:URI="([^"]+)"/gm)].map((m) => m[1] ?? m[2] ?? '')
    return {
      text,
      kids: [
        ...new Set(
          [...text.matchAll(/KEYID=0x([0-9A-Fa-f]{32})|\/([0-9a-f]{32})"/g)].map((m) =>
            (m[1] ?? m[2] ?? '').toLowerCase(),
          ),
        ),
      ],
      paths: media.map((one) => new URL(one, `http://any/presentations/tonight/${uri}`).pathname),
    }
  }
  const given = async (path: string): Promise<string> => {
    const packager = createPackager({
      reader: mediaReader(signedObjects, { uploadBucket: 'upload', mediaBucket: 'media' }),
      rights: mediaRights({
        protection: rights.ports.protection,
        opener: keyOpener({ keyStore: rights.ports.keyStore, now }),
        holds: holds(),
        now,
      }),
      aes: nodeAes,
    })
    const { status, body } = await packager.answer({ method: 'GET', path, headers: {} })
    return `${status} ${status === 200 ? Buffer.concat(body).toString('base64').slice(0, 400) : ''}`
  }
  /** What becomes of a licence request for the key of a period. */
  const licence = async (period: number, more: Partial<PlaybackClaims> = {}): Promise<string> => {
    const plan = (await rights.ports.protection.plan(channel))?.plan
    const claims: PlaybackClaims = {
      tokenId: 't',
      account: 'a',
      content: channel,
      spans: { [channel]: [[begin / 1000, begin / 1000 + 8]] },
      level: 'clearkey',
      issuedEpochSeconds: begin / 1000,
      expiresEpochSeconds: now() / 1000 + 60,
      ...more,
    }
    const kid = String(period).padStart(32, '0')
    const ports = {
      facts: () =>
        Promise.resolve({
          policy,
          ...(plan && { plan }),
          kids: [{ kid, label: 'ALL', period }],
          isRevoked: false,
        }),
      holds: holds(),
      now,
      frontSecrets: () => Promise.resolve([]),
      hasTooManyStreams: () => Promise.resolve(false),
      log,
    }
    const asked = { claims, system: 'clearkey', challenge: { kids: [kid], contents: [] } } as const
    return entitle(ports, { headers: {}, requestId: 'r' }, asked).then(
      () => 'given',
      (error: unknown) => String((error as { code?: unknown }).code),
    )
  }

  let firstDay: Awaited<ReturnType<typeof playlist>>
  let bytes: readonly string[]
  /** The path of a segment of the period behind the programme. */
  let foreign: string

  beforeAll(async () => {
    programmes = await startProgrammes({
      lifecycle: rulesOf('PackagingMedia'),
      protection: { state: () => shelf.named.at(-1), object: (key) => shelf.objects.get(key) },
    })
    await publish(policyOf(policy))
    for (const one of (await breakFeed()).feed) await programmes.take(one)
    at(begin + 3 * 3600_000)
    await publish(asItIs)
    const head = (await room().ports.live.head(channel))?.head
    if (!head) throw new Error('expected a channel')
    await programmes.store([clipOf()])
    foreign = (await playlist()).paths.at(-1) ?? ''
    await programmes.store([clipOf(range)])
    firstDay = await playlist()
    bytes = await Promise.all(firstDay.paths.map(given))
    await holds().put(channel, { id: 'programmes/evening', ...range, untilMs })
    const place = { holds: programmes.holds, tell: () => Promise.resolve(), now }
    await holdMedia(place, channel, { id: 'programmes/evening', version: head.version, ...range, untilMs })
    const seconds = now() / 1000
    await settleTail(room().ports, { head, seconds }, { isSilent: true })
    await sealHours(room().ports, head, { seconds, stoppedAtSeconds: seconds })
    const ports = archivePorts({ s3: room().client, table: 'channels', mediaBucket: 'media' })
    for (const hour of room().toArchive) await archiveMessage(JSON.stringify(hour), ports, log)
  }, 60_000)
  afterAll(() => programmes?.room.stop())

  it('plays under the same keys on day 30', async () => {
    expect(firstDay.text).toContain('#EXT-X-KEY')
    expect(bytes.every((one) => one.startsWith('200 '))).toBe(true)
    at(begin + 30 * dayMs)
    await room().sweep()
    await room().sweep()
    await publish(asItIs)
    expect(await playlist()).toEqual(firstDay)
    expect(await Promise.all(firstDay.paths.map(given))).toEqual(bytes)
    expect(await licence(0)).toBe('given')
  })

  it('gives no key and no media of what came behind it, nor any to a token for the channel', async () => {
    expect(await licence(1)).toBe('LICENCE_PERIOD')
    expect(await licence(0, { spans: undefined })).toBe('LICENCE_PERIOD')
    expect(foreign).toMatch(/\/cbcs-ALL-[1-9]/)
    expect(await given(foreign)).toBe('403 ')
    // Its own media under another key, and in the clear.
    const [, own = ''] = firstDay.paths
    expect(await given(own.replace(/cbcs-ALL-\d+/, 'cbcs-ALL-1'))).toBe('403 ')
    expect(await given(own.replace(/cbcs-ALL-\d+/, 'clear'))).toBe('403 ')
  })

  it('gives nothing from the second on at which it is held no more', async () => {
    at(untilMs - 1)
    expect(await licence(0)).toBe('given')
    at(untilMs)
    expect(await licence(0)).toBe('LICENCE_PERIOD')
    expect(await given(firstDay.paths[1] ?? '')).toBe('403 ')
    expect((await playlist()).text).toContain('404')
  })
})
