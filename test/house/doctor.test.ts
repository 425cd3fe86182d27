/** `headend doctor`: finds nothing wrong with what `npm start` runs, and each fault where it is, with what to do. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { accountChecks } from '../../bin/doctor/account.ts'
import type { Check, Patient } from '../../bin/doctor/check.ts'
import { greyVideo } from '../../bin/doctor/day-film.ts'
import { type Examined, examine } from '../../bin/doctor/examine.ts'
import { openPatient } from '../../bin/doctor/patient.ts'
import { playbackChecks } from '../../bin/doctor/playback.ts'
import type { Resource } from './assembly.ts'
import { settled } from './assets.ts'
import { startHeadend } from './headend.ts'
import { type InProcess, startInProcess } from './in-process.ts'
import { fillEdgeStore, replaceEdgeStore } from './rights/edge-store.ts'

interface Finding {
  readonly title: string
  readonly verdict: string
  readonly saw: string
  readonly advice?: string
}

/** The doctor as an operator calls it; an exit code of 1 is an answer, too. */
async function doctor(dataDir: string) {
  const run = promisify(execFile)(process.execPath, [
    'bin/cli.ts',
    'doctor',
    '--json',
    '--outputs',
    join(dataDir, 'outputs.json'),
  ])
  const { stdout, stderr, code } = await run.then(
    (done) => ({ ...done, code: 0 }),
    (error: { stdout: string; stderr: string; code: number }) => error,
  )
  const findings = JSON.parse(stdout) as Finding[]
  return { findings, stderr, code, wrong: findings.filter(({ verdict }) => verdict === 'wrong') }
}

function functionOf(resources: Record<string, Resource>, word: string): Record<string, unknown> {
  const found = Object.entries(resources).find(
    ([id, { Type }]) => Type === 'AWS::Lambda::Function' && id.startsWith(word),
  )
  if (!found) throw new Error(`no function ${word} in the templates`)
  return (found[1].Properties['Environment'] as { Variables: Record<string, unknown> }).Variables
}

const titles = {
  doors: 'AWS, the API and the front answer',
  concurrency: 'how many functions may run at once',
  viewer: 'the viewer function runs where it is deployed',
  store: 'room for marks and revocations at the edge',
  manifests: 'HLS and DASH, and what they name',
  long: 'a manifest above 1 MB comes whole and compressed',
  odd: 'HEAD, a range past the end, a filter with commas and colons',
  regions: 'a licence bound to a country, through the distribution alone',
}

describe('the doctor', { timeout: 240_000 }, () => {
  it('finds what npm start runs healthy, and shows how far it is', async () => {
    const headend = await startHeadend({ empty: true })
    const { findings, wrong, stderr, code } = await doctor(headend.dataDir)
    await headend.stop()
    expect(wrong).toEqual([])
    expect(code).toBe(0)
    expect(findings).toHaveLength(12)
    // Two lines a check: one as it begins, one with what it saw.
    expect(stderr.trim().split('\n')).toHaveLength(24)
  })

  it('finds a small account, a full store, a wrong bucket and a front nobody believes, and nothing else', async () => {
    const headend = await startInProcess(
      (resources) => {
        functionOf(resources, 'DeliveryManifest')['MEDIA_BUCKET'] = 'somebody-elses'
        const licence = functionOf(resources, 'RightsLicence')
        licence['FRONT_SECRET'] = licence['PLAYBACK_SECRET']
      },
      { accountConcurrency: 50 },
    )
    for (const [name, value] of Object.entries(environment(headend.outputs))) vi.stubEnv(name, value)
    await fillEdgeStore(headend)
    vi.unstubAllEnvs()
    const { wrong, code } = await doctor(headend.dataDir)
    await headend.stop()
    expect(wrong.map(({ title }) => title)).toEqual([
      titles.concurrency,
      titles.store,
      // The film's one playlist is such a long manifest, and names the segments of these two.
      titles.manifests,
      titles.long,
      titles.odd,
      titles.regions,
    ])
    expect(code).toBe(1)
    for (const { advice = '' } of wrong) expect(advice.length).toBeGreaterThan(20)
  })

  it('finds a viewer function that fails, before viewers get 503 for everything', async () => {
    const headend = await startInProcess((resources) => {
      const script = Object.values(resources).find(({ Type }) => Type === 'AWS::CloudFront::Function')
      if (!script) throw new Error('no viewer function in the templates')
      script.Properties['FunctionCode'] = 'function handler(event) { return event.request.uri.none.none }'
    })
    const { wrong } = await doctor(headend.dataDir)
    await headend.stop()
    expect(wrong.map(({ title }) => title)).toEqual(
      expect.arrayContaining([titles.viewer, titles.manifests, titles.long, titles.odd]),
    )
    expect(wrong[0]).toMatchObject({ title: titles.viewer, advice: expect.stringContaining('503') })
  })

  it('finds a store that is new, whose marks nobody has written', async () => {
    const headend = await startInProcess()
    await headend.upload('vod/film.mp4', greyVideo(4))
    expect((await settled(headend, 'film')).state).toBe('ready')
    await replaceEdgeStore(headend)
    for (const [name, value] of Object.entries(environment(headend.outputs))) vi.stubEnv(name, value)
    const examined = await examine(openPatient(headend.outputs), { checks: accountChecks, tell: () => {} })
    vi.unstubAllEnvs()
    await headend.stop()
    const wrong = examined.filter(({ finding }) => finding.verdict === 'wrong')
    expect(wrong).toEqual([
      {
        title: titles.store,
        finding: expect.objectContaining({ advice: expect.stringContaining('Sweep') }),
      },
    ])
  })

  it('waits three minutes for a film that never gets ready, and says where to look', async () => {
    let nowMs = 0
    const patient: Partial<Patient> = {
      upload: async () => undefined,
      api: async () => ({ status: 404, headers: new Headers(), bytes: Buffer.of(), text: '' }),
      wait: async (ms) => void (nowMs += ms),
      now: () => nowMs,
    }
    const finding = await playbackChecks[0]?.run(patient as Patient)
    expect(finding).toMatchObject({ verdict: 'wrong', advice: expect.stringContaining('Ingest') })
    expect(nowMs).toBeGreaterThanOrEqual(180_000)
  })
})

describe('a front', { timeout: 240_000 }, () => {
  let house: InProcess
  const [upload, ...played] = playbackChecks
  beforeAll(async () => {
    house = await startInProcess()
    for (const [name, value] of Object.entries(environment(house.outputs))) vi.stubEnv(name, value)
    // What the front spoils, it spoils of a film that got ready once for all.
    const { verdict, saw } = (await upload?.run(openPatient(house.outputs))) ?? {
      verdict: 'no upload',
      saw: '',
    }
    if (verdict !== 'right') throw new Error(`${verdict}: ${saw}`)
  })
  afterAll(async () => {
    vi.unstubAllEnvs()
    await house.stop()
  })

  /** What is wrong with what viewers meet behind a front that spoils answers. */
  async function wrongBehind(spoil: Spoil): Promise<readonly Examined[]> {
    const front = await spoiledFront(house.outputs['PlaybackUrl'] ?? '', spoil)
    const patient = openPatient({ ...house.outputs, PlaybackUrl: front.url })
    const examined = await examine(patient, { checks: played, tell: () => {} })
    front.close()
    return examined.filter(({ finding }) => finding.verdict === 'wrong')
  }

  it.each([
    [
      'that answers no HEAD',
      titles.odd,
      'HEAD',
      (answer: Answer, { method, url = '' }: IncomingMessage) =>
        method === 'HEAD' && url.includes('/media/') ? undefined : answer,
    ],
    [
      'that says nothing to a range past the end',
      titles.odd,
      '/media/',
      (answer: Answer) => (answer.status === 416 ? undefined : answer),
    ],
    [
      'that compresses nothing',
      titles.long,
      'not compressed',
      (answer: Answer) => (answer.headers['content-encoding'] === undefined ? answer : cutAt(answer)),
    ],
    [
      'that gives long manifests their first megabyte',
      titles.long,
      'bytes that begin',
      (answer: Answer, { url = '' }: IncomingMessage) =>
        url.endsWith('.m3u8') ? cutAt(answer, 1_000_000) : answer,
    ],
    [
      'that cuts segments short',
      titles.odd,
      'GET gives',
      (answer: Answer, { method }: IncomingMessage) =>
        method === 'GET' && answer.headers['content-type'] === 'video/mp4'
          ? cutAt(answer, answer.body.length >> 1)
          : answer,
    ],
    [
      'that refuses queries of filters',
      titles.odd,
      'a filter',
      (answer: Answer, { url = '' }: IncomingMessage) =>
        url.includes('manifestfilter') ? { ...answer, status: 403 } : answer,
    ],
  ])('%s is found out', async (_, title, saw, spoil) => {
    const wrong = await wrongBehind(spoil)
    expect(wrong.map((one) => one.title)).toEqual([title])
    expect(wrong[0]?.finding.saw).toContain(saw)
  })
})

describe('where nothing answers', () => {
  const silence = 'PlaybackUrl: connect ECONNREFUSED'
  const check = (title: string, run: Check['run']): Check => ({ title, run })
  const told: string[] = []
  const examined = (shut: readonly string[][], checks: readonly Check[]) => {
    const knocks = [...shut]
    const patient: Partial<Patient> = { knock: async () => knocks.shift() ?? [] }
    return examine(patient as Patient, { checks, tell: (line) => told.push(line) })
  }
  const verdicts = (all: readonly Examined[]) => all.map(({ finding }) => finding.verdict)

  it('nothing is asked but whether it does', async () => {
    const never = check('never', () => expect.fail('it was asked'))
    const all = await examined([[silence]], [never, never])
    expect(verdicts(all)).toEqual(['wrong', 'not looked at', 'not looked at'])
    expect(all.map(({ finding }) => finding.saw)).toEqual([
      silence,
      'for the same reason',
      'for the same reason',
    ])
    expect(told).toHaveLength(6)
  })

  it('from some check on, the others are left out', async () => {
    const silent = check('silent', () => Promise.reject(new Error('no answer')))
    const never = check('never', () => expect.fail('it was asked'))
    const all = await examined([[], [silence]], [silent, never, never])
    expect(verdicts(all)).toEqual(['right', 'wrong', 'not looked at', 'not looked at'])
    expect(all.slice(2).map(({ finding }) => finding.saw)).toEqual([silence, 'for the same reason'])
  })

  it('to one check alone, the others are made', async () => {
    const silent = check('silent', () => Promise.reject(new Error('no answer')))
    const fine = check('fine', () => Promise.resolve({ verdict: 'right', saw: '200' }))
    expect(verdicts(await examined([[], []], [silent, fine]))).toEqual(['right', 'wrong', 'right'])
  })

  it('though connections are taken, it ends and says so', async () => {
    const hole = createServer(() => undefined)
    await new Promise<void>((done) => hole.listen(0, '127.0.0.1', done))
    const url = `http://127.0.0.1:${(hole.address() as AddressInfo).port}`
    const dir = mkdtempSync(join(tmpdir(), 'headend-hole-'))
    const names = ['AwsEndpoint', 'ApiUrl', 'PlaybackUrl', 'LicenceUrl']
    const outputs = { ...Object.fromEntries(names.map((name) => [name, url])), OperatorSecret: 'operator' }
    writeFileSync(join(dir, 'outputs.json'), JSON.stringify({ Headend: outputs }))
    const { findings, wrong, code } = await doctor(dir)
    hole.closeAllConnections()
    hole.close()
    rmSync(dir, { recursive: true, force: true })
    expect(code).toBe(1)
    expect(wrong.map(({ title }) => title)).toEqual([titles.doors])
    for (const name of ['OperatorSecret', 'ApiUrl', 'PlaybackUrl']) expect(wrong[0]?.saw).toContain(name)
    expect(new Set(findings.slice(1).map(({ verdict }) => verdict))).toEqual(new Set(['not looked at']))
  })
})

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** Another answer to a request, or none: then the connection is broken off. */
type Spoil = (answer: Answer, request: IncomingMessage) => Answer | undefined

/** A front before another, that passes on what a spoiler makes of its answers. */
async function spoiledFront(root: string, spoil: Spoil) {
  const server = createServer((request, response) => {
    const { method, headers, url } = request
    const onward = httpRequest(`${root}${url}`, { method, headers, agent: false }, (incoming) => {
      void buffer(incoming).then((body) => {
        const answer = spoil({ status: incoming.statusCode ?? 502, headers: incoming.headers, body }, request)
        if (!answer) return response.destroy()
        return response.writeHead(answer.status, answer.headers).end(answer.body)
      })
    })
    request.pipe(onward)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

const unpacked = (body: Buffer, encoding: string): Buffer =>
  encoding === 'br' ? brotliDecompressSync(body) : gunzipSync(body)

/** An answer that is not compressed, and of which only the beginning comes where so many bytes are said; it looks whole. */
function cutAt({ headers, body, ...rest }: Answer, bytes?: number): Answer {
  const { 'content-encoding': encoding, 'content-length': _, ...others } = headers
  const plain = encoding === undefined ? body : unpacked(body, encoding)
  return { ...rest, headers: others, body: plain.subarray(0, bytes) }
}

const environment = (outputs: Readonly<Record<string, string>>) => ({
  AWS_REGION: 'us-east-1',
  AWS_ENDPOINT_URL: outputs['AwsEndpoint'] ?? '',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
})

describe('who hears of alarms', () => {
  const subscription = (arn: string) =>
    `<ListSubscriptionsByTopicResponse><Subscriptions><member><SubscriptionArn>${arn}</SubscriptionArn></member></Subscriptions></ListSubscriptionsByTopicResponse>`

  /** The check over a topic service on the wire that answers so. */
  async function looked(body: string, status = 200) {
    const server = createServer((request, response) => {
      request.resume()
      response.writeHead(status).end(body)
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const topics: Record<string, string> = {
      AlarmTopic: 'arn:aws:sns:eu-north-1:000000000000:a',
      FrontAlarmTopic: 'arn:aws:sns:us-east-1:000000000000:b',
    }
    const patient: Pick<Patient, 'outputs' | 'output' | 'aws'> = {
      outputs: {},
      output: (name) => topics[name] ?? '',
      async aws({ path, headers = {}, body: sent = '' }) {
        const answer = await fetch(url + path, { method: 'POST', headers, body: sent })
        const bytes = Buffer.from(await answer.arrayBuffer())
        return { status: answer.status, headers: answer.headers, bytes, text: bytes.toString() }
      },
    }
    const check = accountChecks.find(({ title }) => title === 'somebody hears of alarms')
    const finding = await check?.run(patient as Patient)
    server.close()
    return finding
  }

  it('is right where a subscription was confirmed', async () => {
    expect(await looked(subscription('arn:aws:sns:eu-north-1:000000000000:a:1'))).toMatchObject({
      verdict: 'right',
    })
  })

  it.each([
    ['nobody subscribed', '<ListSubscriptionsByTopicResponse/>', 200, 'alarmEmail'],
    ['nobody confirmed', subscription('PendingConfirmation'), 200, 'confirm'],
    ['nobody may look', '<Code>AuthorizationError</Code>', 403, 'sns:ListSubscriptionsByTopic'],
  ])('is wrong where %s', async (_, body, status, advice) => {
    expect(await looked(body, status)).toMatchObject({
      verdict: 'wrong',
      advice: expect.stringContaining(advice),
    })
  })
})
