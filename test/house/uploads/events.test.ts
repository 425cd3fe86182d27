/** What a headend says on its event bus, as an operator's own rule hears it: an upload, a protection, a deletion. */
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { assetEvents } from '../../../lib/assets/index.ts'
import { readEvent } from '../../../lib/platform/events/event-type.ts'
import { rightsEvents } from '../../../lib/rights/index.ts'
import type { Resource } from '../assembly.ts'
import { settled } from '../assets.ts'
import { type InProcess, startInProcess } from '../in-process.ts'
import { askApi } from '../operator-api.ts'
import { smallFilm } from '../small-film.ts'

const queueName = 'operators-own'

/** A rule of the operator's on the bus, and its queue: as a stack of theirs would have it. */
function withOperatorsRule(resources: Record<string, Resource>): void {
  const bus = { Ref: idOf(resources, 'AWS::Events::EventBus') }
  resources['OwnQueue'] = { Type: 'AWS::SQS::Queue', Properties: { QueueName: queueName } }
  const Arn = { 'Fn::GetAtt': ['OwnQueue', 'Arn'] }
  resources['OwnRule'] = {
    Type: 'AWS::Events::Rule',
    Properties: {
      EventBusName: bus,
      EventPattern: { source: [{ prefix: 'headend.' }] },
      State: 'ENABLED',
      Targets: [{ Id: 'own', Arn }],
    },
  }
  resources['OwnPolicy'] = {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [{ Ref: 'OwnQueue' }],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: Arn,
            Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': ['OwnRule', 'Arn'] } } },
          },
        ],
      },
    },
  }
  // A poison record is given up in seconds here.
  const mapping = resources[idOf(resources, 'AWS::Lambda::EventSourceMapping', 'AssetsAnnounce')]
  if (mapping) mapping.Properties['MaximumRetryAttempts'] = 2
}

function idOf(resources: Record<string, Resource>, type: string, prefix = ''): string {
  const found = Object.keys(resources).find((id) => resources[id]?.Type === type && id.startsWith(prefix))
  if (found === undefined) throw new Error(`no ${type} ${prefix}`)
  return found
}

let house: InProcess
let sqs: SQSClient
const bodies: string[] = []
beforeAll(async () => {
  house = await startInProcess(withOperatorsRule)
  const endpoint = house.outputs['AwsEndpoint'] ?? ''
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  sqs = new SQSClient({ endpoint, region: 'us-east-1', credentials })
})
afterAll(async () => {
  sqs?.destroy()
  await house?.stop()
})

/** All that the queue of a name has now, taken from it. */
async function taken(QueueUrl: string): Promise<readonly string[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
  )
  for (const { ReceiptHandle } of Messages)
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
  return Messages.map(({ Body = '' }) => Body)
}

/** Names of the events about an asset that came so far, each id once, in the order they happened. */
async function heard(assetId: string): Promise<readonly string[]> {
  bodies.push(...(await taken(`${house.outputs['AwsEndpoint']}/000000000000/${queueName}`)))
  const events = bodies.map((body) => readEvent([...assetEvents, ...rightsEvents], body))
  const about = events.filter((event) =>
    event.name === 'ProtectionChanged' ? event.contentId === `vod/${assetId}` : event.assetId === assetId,
  )
  return [...new Map(about.map((event) => [event.id, event])).values()]
    .toSorted((a, b) => (a.sequence < b.sequence ? -1 : 1))
    .map(({ name }) => name)
}

const aWhile = { timeout: 60_000, interval: 100 }

it('tells an operator’s rule of a film that plays, is protected, fails and is deleted', async () => {
  await house.upload('vod/film.mp4', await smallFilm())
  await settled(house, 'film')
  await expect.poll(() => heard('film'), aWhile).toEqual(['AssetReady'])

  const policy = { mode: 'encrypted', schemes: ['cenc', 'cbcs'], systems: ['clearkey'], keys: 'perType' }
  expect((await askApi(house, 'PUT', '/v1/assets/film/protection', policy)).status).toBe(200)
  await expect.poll(() => heard('film'), aWhile).toEqual(['AssetReady', 'ProtectionChanged'])

  await house.upload('vod/film.mp4', Buffer.from('no film at all'))
  await expect.poll(() => heard('film'), aWhile).toContain('AssetFailed')
  expect((await askApi(house, 'DELETE', '/v1/assets/film')).status).toBe(200)
  await expect
    .poll(() => heard('film'), aWhile)
    .toEqual(['AssetReady', 'ProtectionChanged', 'AssetFailed', 'AssetDeleted'])
  expect(house.failures).toEqual([])
})

it('tells of what comes behind a row that can not be read, which ends in the dead letters', async () => {
  const endpoint = house.outputs['AwsEndpoint'] ?? ''
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  const Item = { pk: { S: 'vod/poison' }, sk: { S: 'asset' }, state: { S: 'of a later version' } }
  await client.send(new PutItemCommand({ TableName: house.outputs['IndexTable'], Item }))
  client.destroy()
  await house.upload('vod/behind.mp4', await smallFilm())
  await expect.poll(() => heard('behind'), aWhile).toEqual(['AssetReady'])
  expect(await heard('poison')).toEqual([])
  await expect
    .poll(() => taken(house.outputs['AnnounceDeadLetters'] ?? ''), aWhile)
    .toEqual([expect.stringContaining('"batchSize":1')])
  expect(house.failures).toEqual(
    expect.arrayContaining([expect.stringContaining('RetryAttemptsExhausted: 1 records')]),
  )
  expect(house.failures.filter((line) => !/Announce/.test(line))).toEqual([])
})

it.each(['ads/one.mp4', 'vod/two words+plus 100% ä映.mp4', 'at the root.mp4'])(
  'shows an upload at a key that no room has asked for as an asset that failed: %s',
  async (key) => {
    await house.upload(key, Buffer.from('x'))
    const failed = async () => {
      const { assets } = (await (await askApi(house, 'GET', '/v1/assets?state=failed')).json()) as {
        readonly assets: readonly { readonly error?: { readonly message: string } }[]
      }
      return assets.map(({ error }) => error?.message ?? '')
    }
    await expect.poll(failed, aWhile).toContainEqual(expect.stringContaining(`${key}: expected`))
  },
)
