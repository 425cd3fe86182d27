/** Checks of what stands around the functions: quotas, the viewer function, its store, who hears of alarms. */
import { type Check, notLookedAt, type Patient, right, said, wrong } from './check.ts'

const cloudFront = { service: 'cloudfront', host: 'cloudfront.amazonaws.com', region: 'us-east-1' }
/** What the edge's store says of its marks until they are written. */
const pending = 'pending'
const minConcurrency = 200
const maxStoreBytes = 4_000_000
/** Of all regions' alarms. */
const topicOutputs = ['AlarmTopic', 'FrontAlarmTopic']

const concurrency: Check = {
  title: 'how many functions may run at once',
  async run(patient) {
    const region = patient.outputs['Region'] ?? 'us-east-1'
    const asked = await patient.aws({
      service: 'lambda',
      host: `lambda.${region}.amazonaws.com`,
      region,
      method: 'GET',
      path: '/2016-08-19/account-settings',
    })
    const [, limit = ''] = /"ConcurrentExecutions":\s*(\d+)/.exec(asked.text) ?? []
    if (asked.status !== 200 || limit === '')
      return wrong(said(asked), 'these credentials need lambda:GetAccountSettings')
    return Number(limit) >= minConcurrency
      ? right(`${limit} in ${region}`)
      : wrong(
          `${limit} in ${region}`,
          'viewers share them with ingest and the API: ask for quota L-B99A9384 (1,000 or more), then deploy with -c accountConcurrency=',
        )
  },
}

interface Event {
  readonly name: string
  readonly method: string
  readonly uri: string
  /** Status the function answers with; undefined where it lets the request go on. */
  readonly status: number | undefined
}

/** While marks are not written the edge lets nothing go on that could be protected. */
const eventsWhile = (isPending: boolean): readonly Event[] => [
  { name: 'plain', method: 'GET', uri: '/vod/film/index.m3u8', status: isPending ? 503 : undefined },
  { name: 'session', method: 'GET', uri: '/s/1.none.none/vod/film/index.m3u8', status: 403 },
  {
    name: 'protected',
    method: 'GET',
    uri: `/media/cenc-HD-0/vod/film/${'0'.repeat(16)}/video-1/1.0.m4s`,
    status: 403,
  },
  { name: 'preflight', method: 'OPTIONS', uri: '/vod/film/index.m3u8', status: 204 },
]

const viewerFunction: Check = {
  title: 'the viewer function runs where it is deployed',
  async run(patient) {
    const name = patient.output('ViewerFunction')
    const described = await patient.aws({
      ...cloudFront,
      method: 'GET',
      path: `/2020-05-31/function/${name}/describe?Stage=LIVE`,
    })
    const etag = described.headers.get('etag')
    if (described.status !== 200 || etag === null)
      return wrong(`${name}: ${said(described)}`, 'these credentials need cloudfront:DescribeFunction')
    const events = eventsWhile((await patient.edge()).readiness === pending)
    for (const event of events) {
      const tested = await test(patient, name, { etag, event })
      if (tested !== undefined) return wrong(`${event.name}: ${tested}`, viewerAdvice)
    }
    return right(`${events.length} events as expected`)
  },
}

const viewerAdvice =
  'every playback request runs this function, so viewers get 503: mend it, npm test, deploy'

/** What is wrong with the answer to an event; undefined where nothing is. */
async function test(
  patient: Patient,
  name: string,
  { etag, event: { method, uri, status } }: { readonly etag: string; readonly event: Event },
): Promise<string | undefined> {
  const event = {
    version: '1.0',
    context: { eventType: 'viewer-request' },
    viewer: { ip: '192.0.2.1' },
    request: { method, uri, headers: {}, cookies: {}, querystring: {} },
  }
  const answer = await patient.aws({
    ...cloudFront,
    method: 'POST',
    path: `/2020-05-31/function/${name}/test`,
    headers: { 'content-type': 'application/xml', 'if-match': etag },
    body: `<?xml version="1.0" encoding="UTF-8"?><TestFunctionRequest xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><EventObject>${Buffer.from(JSON.stringify(event)).toString('base64')}</EventObject><Stage>LIVE</Stage></TestFunctionRequest>`,
  })
  if (answer.status !== 200) return said(answer)
  const [, error = ''] = /<FunctionErrorMessage>([^<]+)</.exec(answer.text) ?? []
  if (error !== '') return error
  const [, output = ''] = /<FunctionOutput>([^<]*)</.exec(answer.text) ?? []
  const [, got] = /"statusCode":\s*(\d+)/.exec(output.replaceAll('&quot;', '"')) ?? []
  return got === status?.toString()
    ? undefined
    : `expected ${status ?? 'the request to go on'}, got ${got ?? 'that'}`
}

const store: Check = {
  title: 'room for marks and revocations at the edge',
  async run(patient) {
    const {
      size: { bytes, entries },
      readiness,
    } = await patient.edge()
    // In a deployment that is as new there is nothing to mark yet.
    if (readiness === pending && (await hasFilms(patient)))
      return wrong(
        'the store is new, and the marks of films are not written',
        'until they are, nothing is given out in the clear (503): read the log of Sweep, which writes them within five minutes, or run it',
      )
    return bytes < maxStoreBytes
      ? right(`${entries} entries, ${bytes} of 5,242,880 bytes`)
      : wrong(
          `${bytes} of 5,242,880 bytes`,
          'a store that is full protects and revokes nothing: does the Sweep function run every day?',
        )
  },
}

async function hasFilms(patient: Patient): Promise<boolean> {
  const asked = await patient.api('GET', '/v1/assets')
  return asked.status !== 200 || !/"assets":\s*\[\s*\]/.test(asked.text)
}

const alarms: Check = {
  title: 'somebody hears of alarms',
  async run(patient) {
    if (patient.outputs['AwsEndpoint'] !== undefined) return notLookedAt('alarms do not run on this machine')
    const silent: string[] = []
    for (const name of topicOutputs) {
      const topic = patient.output(name)
      const region = topic.split(':')[3] ?? 'us-east-1'
      const asked = await patient.aws({
        service: 'sns',
        host: `sns.${region}.amazonaws.com`,
        region,
        method: 'POST',
        path: '/',
        headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
        body: new URLSearchParams({
          Action: 'ListSubscriptionsByTopic',
          TopicArn: topic,
          Version: '2010-03-31',
        }).toString(),
      })
      if (asked.status !== 200)
        return wrong(`${name}: ${said(asked)}`, 'these credentials need sns:ListSubscriptionsByTopic')
      // Who has not confirmed yet is listed with a word in the place of the ARN.
      if (!/<SubscriptionArn>arn:/.test(asked.text)) silent.push(name)
    }
    return silent.length === 0
      ? right(topicOutputs.join(', '))
      : wrong(
          `nobody confirmed a subscription of ${silent.join(' and ')}`,
          'deploy with -c alarmEmail=you@example.com and confirm both mails, or subscribe to the topics yourself',
        )
  },
}

/** Without an upload: the first of these say at once what would make all others fail. */
export const accountChecks: readonly Check[] = [concurrency, viewerFunction, store, alarms]
