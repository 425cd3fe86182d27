/** Take one grant, one permission or one wire out of the template, and the run fails as it would in AWS. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ListQueuesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterEach, describe, expect, it } from 'vitest'
import type { Resource } from '../assembly.ts'
import { assetOf, settled } from '../assets.ts'
import { type InProcess, startInProcess } from '../in-process.ts'
import { smallFilm } from '../small-film.ts'

let house: InProcess
const houses: InProcess[] = []
afterEach(async () => {
  for (const one of houses.splice(0)) await one.stop()
})

async function start(change: (resources: Resources) => void): Promise<InProcess> {
  const started = await startInProcess(change)
  houses.push(started)
  return started
}

interface Statement {
  readonly Action: string | readonly string[]
}

type Resources = Record<string, Resource>

const named = (resources: Resources, type: string, name: string) =>
  Object.entries(resources).filter(([id, { Type }]) => Type === type && id.startsWith(name))

/** Takes an action out of the policies whose logical id starts so. */
const revoke = (name: string, action: string) => (resources: Resources) => {
  for (const [, { Properties }] of named(resources, 'AWS::IAM::Policy', name)) {
    const document = Properties['PolicyDocument'] as { Statement: Statement[] }
    document.Statement = document.Statement.map((statement) => ({
      ...statement,
      Action: [statement.Action].flat().filter((one) => one !== action),
    })).filter(({ Action }) => Action.length > 0)
  }
}

const remove = (type: string, name: string) => (resources: Resources) => {
  for (const [id] of named(resources, type, name)) delete resources[id]
}

/** What the log says once it says something that fits. */
async function logged(pattern: RegExp): Promise<void> {
  await expect.poll(() => house.failures.join('\n'), { timeout: 20_000 }).toMatch(pattern)
}

const film = await smallFilm()

describe('without', () => {
  it('its grant to read uploads, ingest is denied and the asset does not get ready', async () => {
    house = await start(revoke('PackagingIngest', 's3:GetObjectVersion'))
    await house.upload('vod/film.mp4', film)
    await logged(/AccessDenied|not authorized to perform: s3:GetObject/)
    expect((await assetOf(house, 'film')).state).toBe('indexing')
  })

  it('its grant to write the index, ingest is denied and nobody sees the asset', async () => {
    house = await start(revoke('PackagingIngest', 'dynamodb:PutItem'))
    await house.upload('vod/film.mp4', film)
    await logged(/not authorized to perform: dynamodb:PutItem/)
    await expect(assetOf(house, 'film')).rejects.toThrow('ASSET_NOT_FOUND')
  })

  it('the queue policy, S3 refuses the notification, and the deployment with it', async () => {
    await expect(start(remove('AWS::SQS::QueuePolicy', 'PackagingSoundSideCarQueue'))).rejects.toThrow(
      /Unable to validate the following destination configurations.*sqs:SendMessage/,
    )
  })

  it('the policy of its queue, EventBridge tells ingest of no upload, which lies among the dead letters', async () => {
    house = await start(remove('AWS::SQS::QueuePolicy', 'PackagingIngestQueue'))
    await house.upload('vod/film.mp4', film)
    const sqs = new SQSClient({
      endpoint: house.outputs['AwsEndpoint'] ?? '',
      region: 'us-east-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
    })
    const { Messages: [message] = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: house.outputs['IngestDeadLetters'],
        WaitTimeSeconds: 20,
        MessageAttributeNames: ['All'],
      }),
    )
    sqs.destroy()
    expect(message?.Body).toContain('"key":"vod/film.mp4"')
    expect(message?.MessageAttributes?.['ERROR_CODE']?.StringValue).toBe('NO_PERMISSIONS')
    await expect(assetOf(house, 'film')).rejects.toThrow('ASSET_NOT_FOUND')
  })

  it('its grant to read rows, the clock of channels is denied, and says so as soon as it begins', async () => {
    house = await start(revoke('ChannelsChannelsMinute', 'dynamodb:Query'))
    await logged(/not authorized to perform: dynamodb:Query/)
  })

  it('the grant of its schedule, the clock of channels never comes, which lies among its failed turns', async () => {
    house = await start(revoke('ChannelsChannelsMinuteScheduleRole', 'lambda:InvokeFunction'))
    const sqs = new SQSClient({
      endpoint: house.outputs['AwsEndpoint'] ?? '',
      region: 'us-east-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
    })
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}))
    const { Messages: [message] = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: QueueUrls.find((url) => url.includes('ChannelsMinuteFailed')),
        WaitTimeSeconds: 20,
        MessageAttributeNames: ['All'],
      }),
    )
    sqs.destroy()
    expect(message?.MessageAttributes?.['ERROR_CODE']?.StringValue).toBe('AccessDenied')
    expect(message?.MessageAttributes?.['ERROR_MESSAGE']?.StringValue).toContain('lambda:InvokeFunction')
  })

  it('the event source mapping, nobody takes uploads from the queue', async () => {
    house = await start(remove('AWS::Lambda::EventSourceMapping', 'PackagingIngest'))
    await house.upload('vod/film.mp4', film)
    const sqs = new SQSClient({
      endpoint: house.outputs['AwsEndpoint'] ?? '',
      region: 'us-east-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
    })
    const { Messages: [message] = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: house.outputs['IngestQueue'],
        WaitTimeSeconds: 20,
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      }),
    )
    sqs.destroy()
    expect(message?.Body).toContain('vod/film.mp4')
    // We are the first who took it.
    expect(message?.Attributes?.ApproximateReceiveCount).toBe('1')
    await expect(assetOf(house, 'film')).rejects.toThrow('ASSET_NOT_FOUND')
    expect(
      Object.entries(house.cloud.functions()).find(([id]) => id.includes('PackagingIngest0'))?.[1]
        .invocations,
    ).toBe(0)
  })

  it('its permission, CloudFront gets no segment from the packager', async () => {
    house = await start((resources) => {
      for (const [id, { Type, Properties }] of Object.entries(resources))
        if (
          Type === 'AWS::Lambda::Permission' &&
          JSON.stringify(Properties['FunctionName']).includes('PackagingPackager')
        )
          delete resources[id]
    })
    await house.upload('vod/film.mp4', film)
    const { version } = await settled(house, 'film')
    const response = await fetch(
      `${house.outputs['PlaybackUrl']}/media/clear/vod/film/${version}/video-1/1.0.m4s`,
    )
    expect(response.status).toBe(403)
  })

  it('its grant to read timelines at the edge, manifests come from the region, whose log says why', async () => {
    house = await start(revoke('DeliveryManifestEdge', 's3:GetObject'))
    await house.upload('vod/film.mp4', film)
    await settled(house, 'film')
    const response = await fetch(`${house.outputs['PlaybackUrl']}/vod/film/index.mpd`)
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('<MPD')])
    expect(house.failures.join('\n')).toMatch(/ManifestEdge.*DELIVERY_UPSTREAM.*AccessDenied/s)
    await expect
      .poll(() => logText(house))
      .toMatch(/"level":"WARN".*"message":"edge failed".*"code":"DELIVERY_UPSTREAM"/)
  })

  it('its grant to read timelines anywhere, viewers get 502 and nobody tells them why', async () => {
    house = await start((resources) => {
      revoke('DeliveryManifestEdge', 's3:GetObject')(resources)
      revoke('DeliveryManifest', 's3:GetObject')(resources)
    })
    await house.upload('vod/film.mp4', film)
    await settled(house, 'film')
    const response = await fetch(`${house.outputs['PlaybackUrl']}/vod/film/index.mpd`)
    expect([response.status, await response.json()]).toEqual([
      502,
      { error: { code: 'MANIFEST_FAILED', message: expect.not.stringContaining('arn:') } },
    ])
  })
})

/** Everything all functions wrote. */
const logText = ({ dataDir }: InProcess): string =>
  readdirSync(join(dataDir, 'logs'))
    .map((name) => readFileSync(join(dataDir, 'logs', name), 'utf8'))
    .join('')
