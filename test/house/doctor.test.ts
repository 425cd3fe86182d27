/** `headend doctor`: finds nothing wrong with what `npm start` runs, and each fault where it is, with what to do. */
import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, vi } from 'vitest'
import { accountChecks } from '../../bin/doctor/account.ts'
import type { Patient } from '../../bin/doctor/check.ts'
import { playbackChecks } from '../../bin/doctor/playback.ts'
import { keyValues } from '../../lib/platform/key-values.ts'
import type { Resource } from './assembly.ts'
import { startHeadend } from './headend.ts'
import { startInProcess } from './in-process.ts'

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
    expect(findings).toHaveLength(11)
    // Two lines a check: one as it begins, one with what it saw.
    expect(stderr.trim().split('\n')).toHaveLength(22)
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
    await fill(headend.outputs)
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

/** Entries until more than 4 MB of the store are taken. */
async function fill(outputs: Readonly<Record<string, string>>): Promise<void> {
  vi.stubEnv('AWS_REGION', 'us-east-1')
  vi.stubEnv('AWS_ENDPOINT_URL', outputs['AwsEndpoint'] ?? '')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
  const store = keyValues(outputs['SessionStore'] ?? '')
  for (let i = 0; i < 84; i++)
    await store.change(
      new Map(Array.from({ length: 50 }, (_, n) => [`r.fill-${i}-${n}`, 'x'.repeat(1000)] as const)),
    )
  vi.unstubAllEnvs()
}

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
