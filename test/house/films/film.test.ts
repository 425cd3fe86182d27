/** A film's whole way, as a newcomer goes it: upload, index, manifests, segments, through the real front doors. */
import { execFile } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkPresentation } from '../../judges/cmaf/presentation.ts'
import { corpus, corpusMissing } from '../../judges/corpus.ts'
import { probePackets, readPackets } from '../../judges/media/packets.ts'
import { probeUpload } from '../../judges/media/uploads.ts'
import { programPath } from '../../judges/programs.ts'
import { fetchDash, fetchHls } from '../../judges/read-presentation.ts'
import { assetOf, settled } from '../assets.ts'
import { type Headend, startHeadend } from '../headend.ts'
import { demoFilm } from '../media.ts'
import { onBareMachine } from '../uploads/upload-lines.ts'

let headend: Headend
const scratch = mkdtempSync(join(tmpdir(), 'headend-film-'))

beforeAll(async () => {
  headend = await startHeadend()
})
afterAll(() => headend?.stop())

const cliMissing = programPath('aws') ? undefined : 'skipped: no AWS CLI (Debian: apt-get install awscli)'
const probeMissing = programPath('ffprobe')
  ? undefined
  : 'skipped: no ffprobe (Debian: apt-get install ffmpeg)'

/** The ordinary AWS CLI, with credentials as anybody might have them. */
async function aws(...args: readonly string[]): Promise<string> {
  const env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: 'anybody',
    AWS_SECRET_ACCESS_KEY: 'anything',
    AWS_DEFAULT_REGION: 'us-east-1',
  }
  const { stdout } = await promisify(execFile)(
    'aws',
    ['--endpoint-url', headend.outputs['AwsEndpoint'] ?? '', ...args],
    { env },
  )
  return stdout
}

const playback = (path: string): string => `${headend.outputs['PlaybackUrl']}${path}`

describe('the outputs', () => {
  it('name every front door, without a slash at the end', () => {
    for (const name of [
      'UploadBucket',
      'MediaBucket',
      'PlaybackUrl',
      'ApiUrl',
      'ConsoleUrl',
      'AwsEndpoint',
    ]) {
      expect(headend.outputs[name], name).toBeTruthy()
      expect(headend.outputs[name], name).not.toMatch(/\/$/)
    }
    expect(headend.printed()).not.toContain(`OperatorToken: `)
  })
})

describe('the demo film', () => {
  it('is ready when headend says so', async () => {
    const asset = await assetOf(headend, 'big-buck-bunny')
    expect(asset).toMatchObject({ id: 'big-buck-bunny', state: 'ready' })
    expect(asset.durationSeconds).toBeCloseTo(30.02, 1)
    expect(asset.tracks?.map(({ type, codec }) => `${type} ${codec}`)).toEqual([
      expect.stringMatching(/^video avc1\.64/),
      'audio mp4a.40.2',
    ])
    expect(asset.manifests?.hls).toBe(playback('/vod/big-buck-bunny/index.m3u8'))
  })

  it('is CMAF, and what its MPD says of it', async () => {
    const { broken, media, pieces } = await checkPresentation(playback('/vod/big-buck-bunny/index.mpd'))
    expect([...broken, ...media]).toEqual([])
    expect(pieces).toBeGreaterThan(2 * (1 + 4))
  })

  it('gives back every packet, byte for byte and in time (mediabunny)', async () => {
    const source = readFileSync(demoFilm)
    const hls = await fetchHls(playback('/vod/big-buck-bunny/index.m3u8'))
    const dash = await fetchDash(playback('/vod/big-buck-bunny/index.mpd'))
    for (const kind of ['video', 'audio'] as const) {
      expect(dash[kind].uris).toEqual(hls[kind].uris)
      const [expected, got] = [await readPackets(source, kind), await readPackets(hls[kind].bytes, kind)]
      expect(got.map(({ md5 }) => md5)).toEqual(expected.map(({ md5 }) => md5))
      got.forEach((packet, i) => expect(packet.seconds).toBeCloseTo(expected[i]?.seconds ?? Number.NaN, 4))
    }
  })

  it.skipIf(probeMissing).each(['m3u8', 'mpd'])(
    'gives back every packet through index.%s (ffprobe)',
    async (ending) => {
      const source = await probeUpload(demoFilm)
      for (const kind of ['video', 'audio'] as const) {
        const expected = source.find(({ type }) => type === kind)?.packets ?? []
        // Each for itself: of several streams FFmpeg's DASH reader ends with the first that does.
        const got = await probePackets(playback(`/vod/big-buck-bunny/index.${ending}`), kind)
        expect(expected.length).toBeGreaterThan(500)
        expect(got.map(({ md5 }) => md5)).toEqual(expected.map(({ md5 }) => md5))
        got.forEach((packet, i) => expect(packet.seconds).toBeCloseTo(expected[i]?.seconds ?? Number.NaN, 3))
      }
    },
  )

  it('is the same under a session, and not under one that is not', async () => {
    const created = await fetch(`${headend.outputs['ApiUrl']}/v1/sessions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${headend.outputs['OperatorToken']}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ content: 'vod/big-buck-bunny', ttlSeconds: 600 }),
    })
    expect(created.status).toBe(201)
    const { hls } = (await created.json()) as { hls: string }
    const open = await fetchHls(hls)
    expect(open.video.uris[1]).toContain('/s/')
    const forged = hls.replace(/\/s\/([^/]+)\//, (_, token: string) => `/s/${token.slice(0, -2)}AA/`)
    expect((await fetch(forged)).status).toBe(403)
    expect((await fetch(hls.replace('big-buck-bunny', 'another'))).status).toBe(403)
  })
})

describe('segments', () => {
  const segment = async () => (await fetchHls(playback('/vod/big-buck-bunny/index.m3u8'))).video.uris[1] ?? ''

  it('are the same bytes for ever, cacheable, in ranges and by HEAD', async () => {
    const url = await segment()
    const whole = await fetch(url)
    const bytes = Buffer.from(await whole.arrayBuffer())
    expect(whole.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(Number(whole.headers.get('content-length'))).toBe(bytes.length)
    const part = await fetch(url, { headers: { range: 'bytes=100-199' } })
    expect(part.status).toBe(206)
    expect(part.headers.get('content-range')).toBe(`bytes 100-199/${bytes.length}`)
    expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(100, 200))).toBe(true)
    const head = await fetch(url, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(bytes.length)])
  })

  it('end where the film ends', async () => {
    const url = (await segment()).replace(/\d+\.0\.m4s$/, '9999.0.m4s')
    const response = await fetch(url)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({
      error: { code: expect.stringMatching(/^[A-Z0-9]+_[A-Z0-9_]+$/) },
    })
    expect(response.headers.get('cache-control')).toContain('max-age=1')
  })
})

describe.skipIf(cliMissing)(`uploads${cliMissing ? ` (${cliMissing})` : ''}`, () => {
  it.skipIf(corpusMissing !== undefined)('by the ordinary AWS CLI play seconds later', async () => {
    const bucket = headend.outputs['UploadBucket']
    await aws('s3', 'cp', join(corpus, 'media/mp4/prog_8s.mp4'), `s3://${bucket}/vod/eight.mp4`)
    expect(await settled(headend, 'eight')).toMatchObject({ state: 'ready' })
    const { video } = await fetchHls(playback('/vod/eight/index.m3u8'))
    expect(await readPackets(video.bytes, 'video')).toHaveLength(240)
  })

  it('play, brought and fetched by the lines of README.md on a machine without credentials', async () => {
    const { AwsEndpoint: endpoint = '', UploadBucket: bucket = '', PlaybackUrl = '' } = headend.outputs
    const [bring = '', fetchIt = ''] = readFileSync('README.md', 'utf8')
      .split('\n')
      .filter((line) => / s3 cp film\.mp4 |^curl .*\/vod\/film\//.test(line))
    const here = (line: string) =>
      line
        .replace('http://127.0.0.1:8081', endpoint)
        .replace('http://127.0.0.1:8080', PlaybackUrl)
        .replace('<UploadBucket>', bucket)
    await onBareMachine(here(bring), { endpoint, bucket })
    expect(await settled(headend, 'film')).toMatchObject({ state: 'ready' })
    expect(await onBareMachine(here(fetchIt), { endpoint, bucket })).toMatch(/^#EXTM3U/)
  })

  it('that can not be read become a failed asset that says why, and the next one works', async () => {
    const bucket = headend.outputs['UploadBucket']
    const broken = join(scratch, 'broken.mp4')
    writeFileSync(broken, readFileSync(demoFilm).subarray(0, 5_000_000))
    await aws('s3', 'cp', broken, `s3://${bucket}/vod/broken.mp4`)
    const failed = await settled(headend, 'broken')
    expect(failed.state).toBe('failed')
    expect(failed.error?.code).toMatch(/^[A-Z0-9]+(_[A-Z0-9]+)+$/)
    expect(failed.error?.message.length).toBeGreaterThan(40)
    expect(await aws('s3', 'ls', `s3://${bucket}/vod/broken.mp4`)).toContain('5000000')
    expect((await fetch(playback('/vod/broken/index.m3u8'))).status).toBe(404)

    await aws('s3', 'cp', demoFilm, `s3://${bucket}/vod/broken.mp4`)
    expect(await settled(headend, 'broken', failed.updatedAt)).toMatchObject({ state: 'ready' })
  })

  it.skipIf(corpusMissing !== undefined)(
    'over an old film give a new version, and players on the old one finish',
    async () => {
      const bucket = headend.outputs['UploadBucket']
      const file = join(scratch, 'twice.mp4')
      copyFileSync(demoFilm, file)
      await aws('s3', 'cp', file, `s3://${bucket}/vod/twice.mp4`)
      const first = await settled(headend, 'twice')
      const old = await fetchHls(playback('/vod/twice/index.m3u8'))
      await aws('s3', 'cp', join(corpus, 'media/mp4/prog_8s.mp4'), `s3://${bucket}/vod/twice.mp4`)
      const second = await settled(headend, 'twice', first.updatedAt)
      expect(second.version).not.toBe(first.version)
      for (const uri of old.video.uris) expect((await fetch(`${uri}?again`)).status).toBe(200)
      await expect
        .poll(async () => (await fetchHls(playback('/vod/twice/index.m3u8'))).video.uris.length, {
          timeout: 15_000,
        })
        .toBe(1 + 2)
    },
  )
})

describe('the API', () => {
  it('asks for a token', async () => {
    const response = await fetch(`${headend.outputs['ApiUrl']}/v1/assets`)
    expect(response.status).toBe(401)
    // Of the gateway: nothing of ours ran.
    expect(await response.json()).toEqual({ message: 'Unauthorized' })
  })

  it('does not know what was never uploaded', async () => {
    await expect(assetOf(headend, 'never')).rejects.toThrow('ASSET_NOT_FOUND')
  })
})
