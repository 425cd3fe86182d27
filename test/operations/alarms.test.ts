/**
 * Faults and alarms: the right one fires and no other. What functions log and answer is taken from headends that run
 * with the fault, and judged by filters, metrics, math and thresholds as they stand in the templates.
 */
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import {
  ListQueuesCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FaultRule } from '../../local/faults/index.ts'
import { makeSegment } from '../channels/make-segment.ts'
import { assembly, type Resource } from '../house/assembly.ts'
import { type InProcess, startInProcess } from '../house/in-process.ts'
import { askApi } from '../house/operator-api.ts'
import { runFunction } from '../house/run-function.ts'
import type { CloudTemplate } from '../stack/template.ts'
import { fires, type Measured, metricName } from './alarm.ts'
import { alarmsOf, deployed } from './deployed.ts'
import { clientOf, type Observer, observe, type Sample } from './observe.ts'
import { type Traffic, trafficOf } from './traffic.ts'

/** Several films are uploaded and asked for, on a machine that may be slow. */
const aWhileMs = 300_000

const nothing: Sample = new Map()
const times = (sample: Sample, periods: number): Sample[] => Array.from({ length: periods }, () => sample)

/** The alarms that are on after the last period, whichever way FILL of an empty metric goes. */
function alarms(template: CloudTemplate, periods: readonly Sample[]): readonly string[] {
  const names = new Set(periods.flatMap((sample) => [...sample.keys()]))
  const measured: Measured = new Map(
    [...names].map((name) => [name, periods.map((sample) => sample.get(name) ?? [])]),
  )
  const on = (fillsEmpty: boolean) =>
    alarmsOf(template)
      .filter(({ properties }) => fires(properties, measured, periods.length, { fillsEmpty }))
      .map(({ name }) => name)
      .toSorted()
  const [filled, left] = [on(true), on(false)]
  expect(filled).toEqual(left)
  return filled
}

describe('of a headend', () => {
  let house: InProcess
  let template: CloudTemplate
  let observer: Observer
  let healthy: Sample
  let refused: readonly number[]

  beforeAll(async () => {
    house = await startInProcess()
    template = deployed(await assembly())
    observer = observe(house, template)
    const traffic = await trafficOf(house, 'healthy')
    await observer.sample()
    await everything(traffic)
    refused = await traffic.licences('FR')
    healthy = await observer.sample()
  }, aWhileMs)
  afterAll(async () => {
    observer.stop()
    await house.stop()
  })

  it('that nobody asks, none fires', () => {
    expect(alarms(template, times(nothing, 20))).toEqual([])
  })

  it('that is healthy, none fires, nor when its viewers leave', () => {
    expect(healthy.size).toBeGreaterThan(15)
    // Refused by right: whoever believes the front knows that these viewers are elsewhere.
    expect(new Set(refused)).toEqual(new Set([403]))
    expect(alarms(template, times(healthy, 20))).toEqual([])
    expect(alarms(template, [...times(healthy, 10), ...times(nothing, 10)])).toEqual([])
  })

  it('of which a channel has lost more than half a minute within an hour, that alarm fires', () => {
    const gaps = alarmsOf(template).find(({ name }) => name === 'ChannelsGaps')
    const lost = (seconds: number): Sample => new Map([[metricName(gaps?.properties), [seconds]]])
    expect(alarms(template, times(lost(2), 12))).toEqual([])
    expect(alarms(template, times(lost(3), 12))).toEqual(['ChannelsGaps'])
    expect(alarms(template, [lost(31), ...times(lost(0), 11)])).toEqual(['ChannelsGaps'])
    // The clock says each minute that there was none.
    expect(alarms(template, [lost(31), ...times(lost(0), 12)])).toEqual([])
  })

  it.each<{ says: string; rules: FaultRule[]; alarm: string[] }>([
    {
      says: 'S3 denies the uploads',
      rules: [{ service: 's3', operation: 'GET', resource: 'upload', kind: 'denied' }],
      alarm: ['IngestFaults', 'PackagerFaults', 'Playback5xx'],
    },
    {
      says: 'S3 denies the timelines',
      rules: [{ service: 's3', operation: 'GET', resource: 'media', kind: 'denied' }],
      // An asset's page says what versions it has, and that none was read must not look like none.
      alarm: ['ApiFaults', 'ManifestEdgeFaults', 'ManifestFaults', 'PackagerFaults', 'Playback5xx'],
    },
    {
      says: 'S3 answers 503',
      rules: [{ service: 's3', operation: 'GET', kind: 'throttle' }],
      alarm: [
        'ApiFaults',
        'IngestFaults',
        'ManifestEdgeFaults',
        'ManifestFaults',
        'PackagerFaults',
        'Playback5xx',
      ],
    },
    {
      says: 'KMS opens no key',
      rules: [{ service: 'kms', operation: 'Decrypt', kind: 'denied' }],
      alarm: ['LicenceFaults', 'Playback5xx'],
    },
    {
      says: 'the table of rights is throttled',
      rules: [{ service: 'dynamodb', resource: 'RightsTable', kind: 'throttle' }],
      alarm: ['IngestFaults', 'LicenceFaults', 'PackagerFaults', 'Playback5xx', 'RightsThrottled'],
    },
    {
      says: 'the index is throttled',
      rules: [{ service: 'dynamodb', resource: 'PackagingIndex', kind: 'throttle' }],
      alarm: [
        'ApiFaults',
        'IndexThrottled',
        'IngestFaults',
        'ManifestEdgeFaults',
        'ManifestFaults',
        'Playback5xx',
      ],
    },
    {
      says: 'the licence function crashes',
      rules: [{ service: 'lambda', resource: 'RightsLicence', kind: 'kill' }],
      alarm: ['LicenceFaults', 'Playback5xx'],
    },
    {
      says: 'the edge function crashes',
      rules: [{ service: 'lambda', resource: 'DeliveryManifestEdge', kind: 'kill' }],
      alarm: ['Playback5xx'],
    },
    {
      says: 'the store of sessions takes no more',
      rules: [{ service: 'cloudfront-keyvaluestore', operation: 'UpdateKeys', kind: 'internal' }],
      alarm: ['ApiFaults'],
    },
    {
      says: 'viewer functions cannot read their store',
      rules: [{ service: 'cloudfront-keyvaluestore', operation: 'edge', kind: 'internal' }],
      alarm: ['Playback5xx'],
    },
  ])(
    '$says: $alarm',
    // An ingest counts when it begins, and on a busy machine fails behind the sample.
    { timeout: aWhileMs, retry: 2 },
    async ({ says, rules, alarm }) => {
      const traffic = await trafficOf(house, says.replaceAll(/\W/g, '-'))
      await observer.sample()
      for (const rule of rules) house.cloud.faults.add(rule)
      const before = ingestFailures(house)
      await everything(traffic)
      // It tries again for a while before it fails.
      if (alarm.includes('IngestFaults'))
        await expect.poll(() => ingestFailures(house)).toBeGreaterThan(before)
      const faulty = await observer.sample()
      house.cloud.faults.remove()
      expect(alarms(template, [...times(healthy, 10), ...times(faulty, 2)])).toEqual(alarm)
      // Mended, it is silent again.
      expect(alarms(template, [...times(faulty, 2), ...times(healthy, 4)])).toEqual([])
    },
  )

  /** All kinds at once; an upload is on its way when ingest has run for it. */
  async function everything(traffic: Traffic): Promise<void> {
    const before = ingested()
    await traffic.upload()
    await traffic.segments()
    await traffic.manifests()
    await traffic.licences()
    await traffic.speke()
    await traffic.api()
    while (ingested() <= before) await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const ingested = (): number =>
    Object.entries(house.cloud.functions()).find(([name]) => name.includes('PackagingIngest'))?.[1]
      .invocations ?? 0
})

describe('of a headend with', () => {
  let house: InProcess
  let template: CloudTemplate
  let observer: Observer
  let traffic: Traffic

  beforeAll(async () => {
    house = await startInProcess((resources) => {
      const packager = oneOf(resources, 'AWS::Lambda::Function', 'PackagingPackager')
      variables(packager)['MEDIA_BUCKET'] = 'a-bucket-that-is-not-ours'
      const speke = oneOf(resources, 'AWS::Lambda::Function', 'RightsSpeke')
      Object.assign(speke.Properties, {
        Timeout: 1,
        Code: { ZipFile: 'exports.handler = () => new Promise(() => {})' },
      })
      oneOf(resources, 'AWS::Lambda::Function', 'DeliveryManifest').Properties[
        'ReservedConcurrentExecutions'
      ] = 0
      delete resources[idOf(resources, 'AWS::IAM::Policy', 'DeliveryManifestEdge')]
    })
    template = deployed(await assembly())
    observer = observe(house, template)
    traffic = await trafficOf(house, 'film')
    await observer.sample()
  }, aWhileMs)
  afterAll(async () => {
    observer.stop()
    await house.stop()
  })

  it('a packager told a wrong bucket, its alarm fires and that of viewers', async () => {
    await traffic.segments()
    expect(alarms(template, times(await observer.sample(), 2))).toEqual(['PackagerFaults', 'Playback5xx'])
  })

  it('a key server that ends at its timeout, its alarm fires', async () => {
    await traffic.speke()
    expect(alarms(template, times(await observer.sample(), 2))).toEqual(['SpekeFaults'])
  })

  it('a function that is turned away by Lambda, that alarm fires', async () => {
    // The edge may read nothing, and hands all manifests on.
    expect(new Set(await traffic.manifests())).toEqual(new Set([429]))
    expect(alarms(template, times(await observer.sample(), 2))).toEqual(['Throttled'])
  })

  it('a front that is not believed, its alarm fires', async () => {
    const secrets = new SecretsManagerClient(clientOf(house))
    // Changed once, the function still knows the one before; a distribution that was not deployed since sends the first.
    for (const key of ['second', 'third'])
      await secrets.send(
        new PutSecretValueCommand({
          SecretId: house.outputs['FrontSecret'] ?? 'headend/front',
          SecretString: JSON.stringify({ key }),
        }),
      )
    secrets.destroy()
    expect(new Set(await traffic.licences('DE'))).toEqual(new Set([403]))
    expect(alarms(template, times(await observer.sample(), 2))).toEqual(['FrontUnknown'])
  })

  it('a channel whose input is silent, that alarm fires, and not of one that was taken away', async () => {
    await askApi(house, 'PUT', '/v1/channels/news', { segmentSeconds: 2 })
    await house.upload('live/news/a1.m4s', makeSegment({ seconds: 2 }))
    /** The clock comes each minute; here it is sent. */
    const afterMinute = async () => {
      await runFunction(house, 'ChannelsMinute')
      return alarms(template, [await observer.sample()])
    }
    await expect.poll(afterMinute, { timeout: aWhileMs }).toEqual(['ChannelsSilent'])
    await askApi(house, 'DELETE', '/v1/channels/news')
    await expect.poll(afterMinute).toEqual([])
  })

  it('a poison message, none fires until it is given up, and then that of given up uploads', async () => {
    const sqs = new SQSClient(clientOf(house))
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}))
    const QueueUrl = QueueUrls.find((url) => url.includes('PackagingIngestQueue'))
    // Twelve minutes, and five tries would take an hour.
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: '5' } }))
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'no json' }))
    sqs.destroy()
    const periods: Sample[] = []
    for (let attempt = 1; attempt <= 5; attempt++) {
      await expect.poll(() => ingestFailures(house)).toBeGreaterThanOrEqual(attempt)
      // Twelve minutes lie between two tries: two periods, or three.
      periods.push(await observer.sample(), ...times(nothing, 1 + (attempt % 2)))
      expect(alarms(template, periods)).toEqual([])
    }
    await expect
      .poll(async () => {
        periods.push(await observer.sample())
        return alarms(template, periods)
      })
      .toEqual(['IngestDeadLetters'])
  })
})

const ingestFailures = ({ failures }: InProcess): number =>
  failures.filter((line) => line.includes('PackagingIngest') && line.includes('ingest failed')).length

function oneOf(resources: Record<string, Resource>, type: string, name: string): Resource {
  const found = resources[idOf(resources, type, name)]
  if (!found) throw new Error(`${name}: no ${type} is called so`)
  return found
}

/** The logical id that is a name and the hash CDK puts behind it. */
const idOf = (resources: Record<string, Resource>, type: string, name: string): string =>
  Object.keys(resources).find(
    (id) => resources[id]?.Type === type && id.replace(/(Role|RoleDefaultPolicy)?[0-9A-F]{8}$/, '') === name,
  ) ?? ''

const variables = ({ Properties }: Resource): Record<string, string> =>
  (Properties['Environment'] as { Variables: Record<string, string> }).Variables
