/** `headend push` and the demo channel against a whole headend: what goes in by PUT comes out as HLS. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3'
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, sentence } from '../../../bin/commands/call.ts'
import { startDemoChannel } from '../../../bin/local/demo-channel.ts'
import { showDemoFilm } from '../../../bin/local/demo-film.ts'
import { pushFolder } from '../../../bin/push/folder/push-folder.ts'
import { feedApi } from '../../../bin/push/send/feed-api.ts'
import { createSender } from '../../../bin/push/send/sender.ts'
import { type InProcess, startInProcess } from '../../house/in-process.ts'
import { askApi } from '../../house/operator-api.ts'
import { checkMediaPlaylist } from '../../judges/hls/rules.ts'
import { madeInit, madeSegment } from './made-feed.ts'
import { startOrigin } from './source.ts'

let house: InProcess
let s3: S3Client
let sqs: SQSClient
const scratch = mkdtempSync(join(tmpdir(), 'headend-push-'))
const never = new AbortController().signal

beforeAll(async () => {
  house = await startInProcess()
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const common = { endpoint: house.outputs['AwsEndpoint'] ?? '', region: 'us-east-1', credentials }
  s3 = new S3Client({ ...common, forcePathStyle: true })
  sqs = new SQSClient(common)
  // Nothing plays before a film is there, and one channel shows it.
  await showDemoFilm({ dataDir: scratch, outputs: house.outputs, signal: never, show: () => undefined })
})
afterAll(async () => {
  s3.destroy()
  sqs.destroy()
  await house?.stop()
  rmSync(scratch, { recursive: true, force: true })
})

const channel = async (id: string) => {
  expect((await askApi(house, 'PUT', `/v1/channels/${id}`, { segmentSeconds: 2 })).status).toBe(200)
  const folder = join(scratch, id)
  mkdirSync(folder)
  const write = (name: string, bytes: Uint8Array | string) => writeFileSync(join(folder, name), bytes)
  return { folder, write }
}

/** Keys of a channel in the upload bucket, and how many bytes each of their versions has. */
async function uploaded(id: string): Promise<Readonly<Record<string, readonly number[]>>> {
  const Bucket = house.outputs['UploadBucket']
  const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: `live/${id}/` }))
  const byKey = Map.groupBy(Versions, ({ Key = '' }) => Key.slice(`live/${id}/`.length))
  return Object.fromEntries([...byKey].map(([key, all]) => [key, all.map(({ Size = 0 }) => Size)]))
}

/** Whether ingest has taken all that it was told of. */
async function isTaken(): Promise<boolean> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: house.outputs['ChannelsQueue'], AttributeNames: ['All'] }),
  )
  const { ApproximateNumberOfMessages: waiting, ApproximateNumberOfMessagesNotVisible: taken } = Attributes
  return waiting === '0' && taken === '0'
}

/** Media playlists of a channel as they are now; none before it plays. */
async function playlists(id: string): Promise<readonly string[]> {
  const root = `${house.outputs['PlaybackUrl']}/live/${id}`
  const response = await fetch(`${root}/index.m3u8`)
  if (!response.ok) return []
  const uris = [...(await response.text()).matchAll(/^(?!#)(\S+\.m3u8)$|URI="([^"]+\.m3u8)"/gm)]
  const distinct = new Set(uris.map(([, own, other]) => own ?? other))
  return Promise.all([...distinct].map(async (uri) => (await fetch(`${root}/${uri}`)).text()))
}

const segmentsIn = (text: string): number => text.split('#EXTINF').length - 1

/** Pushes a folder, while `step` is called between two looks; it ends when that says so. */
function push(id: string, folder: string, step: (look: number) => boolean | Promise<boolean>, last = 4) {
  const [ending, told] = [new AbortController(), [] as string[]]
  let [look, nowMs] = [0, Date.now()]
  const { signal } = ending
  const tell = (line: string) => void told.push(line)
  const token = async () => house.outputs['OperatorToken'] ?? ''
  const api = feedApi({ apiUrl: house.outputs['ApiUrl'] ?? '', channelId: id, token })
  const sender = createSender({ api, pauses: { random: () => 0, sleep: async () => {} }, tell, signal })
  const sleep = async (ms: number) => {
    nowMs += ms
    if (await step(look++)) ending.abort()
    await new Promise((resolve) => setImmediate(resolve))
  }
  const clock = { now: () => nowMs, sleep }
  const done = pushFolder({ folder, sender, segmentSeconds: 2, last, once: false, clock, tell, signal })
  return done.then((totals) => ({ totals, told }))
}

const chunk = (stream: number, number: number): string =>
  `chunk-stream${stream}-${String(number).padStart(5, '0')}.m4s`

describe('a folder', () => {
  it('is sent file by file, each once and whole, whatever its encoder is about to write', async () => {
    const { folder, write } = await channel('folder')
    const half = madeSegment(4).subarray(0, 500)
    for (const stream of [0, 1]) {
      for (const number of [1, 2, 3]) write(chunk(stream, number), madeSegment(number))
      // Behind the segments, as some encoders do.
      write(`init-stream${stream}.m4s`, madeInit())
      write(chunk(stream, 4), half)
    }
    write('live.mpd', '<MPD/>')
    write(`${chunk(0, 5)}.tmp`, madeSegment(5).subarray(0, 100))
    const prefix = `live/folder/${chunk(0, 2)}`
    const fault = house.cloud.faults.add({
      service: 's3',
      operation: 'PUT',
      keyPrefix: prefix,
      kind: 'throttle',
      times: 3,
    })
    let before: Awaited<ReturnType<typeof uploaded>> = {}
    let still = 0
    const { totals } = await push('folder', folder, async () => {
      const there = await uploaded('folder')
      const count = Object.keys(there).length
      if (count < 8 || still > 60) return count === 12
      // The half ones are still for longer than any pause of an encoder, and then go on.
      still++
      if (still === 50) {
        before = there
        for (const stream of [0, 1]) write(chunk(stream, 4), madeSegment(4))
        write(`${chunk(0, 5)}.tmp`, madeSegment(5))
      }
      if (still === 55) {
        renameSync(join(folder, `${chunk(0, 5)}.tmp`), join(folder, chunk(0, 5)))
        write(chunk(1, 5), madeSegment(5))
      }
      return false
    })
    const whole = (stream: number, numbers: readonly number[]) => [
      ...numbers.map((number) => [chunk(stream, number), [madeSegment(number).length]]),
      [`init-stream${stream}.m4s`, [madeInit().length]],
    ]
    expect(before).toEqual(Object.fromEntries([...whole(0, [1, 2, 3]), ...whole(1, [1, 2, 3])]))
    expect(await uploaded('folder')).toEqual(
      Object.fromEntries([...whole(0, [1, 2, 3, 4, 5]), ...whole(1, [1, 2, 3, 4, 5])]),
    )
    expect(totals).toEqual({ sent: 12, failed: 0, left: 0 })
    expect(house.cloud.faults.rules()).toMatchObject([{ met: 3 }])
    house.cloud.faults.remove(fault)
    await expect.poll(async () => (await playlists('folder')).map(segmentsIn)).toEqual([5, 5])
    for (const text of await playlists('folder')) expect(checkMediaPlaylist(text), text).toEqual([])
  })

  it('with old segments goes on from the last ones, and from what an encoder that begins anew writes', async () => {
    const { folder, write } = await channel('old')
    write('init.mp4', madeInit())
    for (let number = 1; number <= 40; number++) {
      write(`seg${number}.m4s`, madeSegment(number))
      utimesSync(join(folder, `seg${number}.m4s`), 1e9 + number, 1e9 + number)
    }
    const { totals, told } = await push(
      'old',
      folder,
      async (look) => {
        if (look === 5) write('seg1.m4s', madeSegment(1))
        return Object.keys(await uploaded('old')).length === 5
      },
      3,
    )
    expect(Object.keys(await uploaded('old')).toSorted()).toEqual(
      ['init.mp4', 'seg1.m4s', 'seg38.m4s', 'seg39.m4s', 'seg40.m4s'].toSorted(),
    )
    expect(totals).toEqual({ sent: 5, failed: 0, left: 37 })
    expect(told[0]).toMatch(/^left out: 37 segments that were there before/)
  })

  it('without an init segment is held back, which is said', async () => {
    const { folder, write } = await channel('waits')
    for (const number of [1, 2]) write(chunk(0, number), madeSegment(number))
    const { totals, told } = await push('waits', folder, (look) => look === 40)
    expect([totals.sent, told]).toEqual([0, ['chunk-stream0: its segments wait for their init segment']])
  })
})

describe('headend push', () => {
  const headend = async (...words: readonly string[]) =>
    promisify(execFile)(process.execPath, ['bin/cli.ts', 'push', ...words, '--data-dir', house.dataDir], {
      env: { PATH: process.env['PATH'] },
    }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    )

  it('--once sends what is there and ends; its exit says whether all of it arrived', async () => {
    const { folder, write } = await channel('once')
    write('init.mp4', madeInit())
    for (const number of [1, 2, 3]) {
      write(`seg${number}.m4s`, madeSegment(number))
      utimesSync(join(folder, `seg${number}.m4s`), 1e9 + number, 1e9 + number)
    }
    expect(await headend(folder, 'once', '--once')).toMatchObject({
      code: 0,
      stdout: 'sent 4, failed 0, left out 0\n',
    })
    write('seg4.m4s', madeSegment(4).subarray(0, 300))
    utimesSync(join(folder, 'seg4.m4s'), 1e9 + 4, 1e9 + 4)
    const second = await headend(folder, 'once', '--once', '--last', '2')
    expect(second).toMatchObject({ code: 1, stdout: 'sent 2, failed 1, left out 2\n' })
    expect(second.stderr).toContain('seg4.m4s: not sent, expected a whole segment')
  })

  it('follows a URL to its end', async () => {
    await channel('url')
    const lines = [1, 2, 3].map((number) => `#EXTINF:0.1,\n${number}.m4s\n`).join('')
    const origin = await startOrigin((path) => {
      if (path === '/index.m3u8')
        return { body: `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-MAP:URI="i.mp4"\n${lines}#EXT-X-ENDLIST\n` }
      return { body: path === '/i.mp4' ? madeInit() : madeSegment(Number(path.slice(1, 2))) }
    })
    const { code, stdout } = await headend(`${origin.url}/index.m3u8`, 'url')
    await origin.stop()
    expect([code, stdout]).toEqual([0, 'sent 3, failed 0, left out 0\n'])
    await expect.poll(async () => (await playlists('url')).map(segmentsIn)).toEqual([3])
  })

  it.each([
    ['no channel', ['FOLDER', 'nobody'], /^CHANNEL_NOT_FOUND: nobody/m],
    ['no folder', ['/nowhere/at/all', 'once'], /^PUSH_FOLDER: \/nowhere/m],
    [
      'no number',
      ['FOLDER', 'once', '--last', 'few'],
      /^CLI_USAGE: --last: expected a number or all, got few/m,
    ],
    ['no id', ['FOLDER', 'a/b/c'], /^CLI_USAGE: CHANNEL/m],
  ])('says no: %s', async (_, words, line) => {
    // In this process: what is refused is so before anything is begun.
    const refused = call(['push', ...words, '--data-dir', house.dataDir]).catch((error: unknown) => error)
    expect(sentence(await refused)).toMatch(line)
  })
})

describe('the demo channel', () => {
  it('shows the film again and again, and nothing tells where it begins anew', async () => {
    const ending = new AbortController()
    const beganMs = Date.now()
    let nowMs = beganMs
    const sleep = async (ms: number) => {
      nowMs += ms
      // The film begins anew twice, within what ingest takes for the wall clock.
      if (nowMs > beganMs + 45_000) ending.abort()
      // Time goes faster than ingest: without this later segments would overtake earlier ones by far.
      if (!(await isTaken())) nowMs -= ms
    }
    const said: string[] = []
    const { hlsUrl, dashUrl, ended } = await startDemoChannel({
      outputs: house.outputs,
      now: () => nowMs,
      pauses: { random: () => 0, sleep },
      say: (line) => void said.push(line),
      signal: ending.signal,
    })
    await ended
    expect(said).toEqual([])
    expect(hlsUrl).toBe(`${house.outputs['PlaybackUrl']}/live/demo/index.m3u8`)
    // More than a minute, in segments of 7.5 s.
    const enough = async () => (await playlists('demo')).map((text) => segmentsIn(text) >= 8)
    await expect.poll(enough).toEqual([true, true, true])
    for (const text of await playlists('demo')) {
      expect(checkMediaPlaylist(text), text).toEqual([])
      expect(text).not.toMatch(/#EXT-X-(?:GAP|DISCONTINUITY\n)/)
    }
    expect((await (await fetch(dashUrl)).text()).match(/<Period/g)).toHaveLength(1)
  })
})
