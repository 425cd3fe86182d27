import { describe, expect, it } from 'vitest'
import { headend, templateOf } from './synth.ts'
import { at, list, named, ofType, refs, text } from './template.ts'

type Context = Readonly<Record<string, string>>

const said = (context: Context) => templateOf(headend({}, context).stacks)

describe('the topic of alarms', () => {
  it('writes to nobody unless told, and is named by an output of each stack that has alarms', () => {
    const template = said({})
    expect(ofType(template, 'AWS::SNS::Subscription')).toEqual([])
    const topics = ['AlarmTopic', 'FrontAlarmTopic'].map(
      (output) => named(template, 'AWS::SNS::Topic', at(template.Outputs, output, 'Value'))?.id,
    )
    expect(topics).toEqual(ofType(template, 'AWS::SNS::Topic').map(({ id }) => id))
  })

  it('writes to every address of -c alarmEmail, in the region and at the front', () => {
    const template = said({ alarmEmail: 'night@example.com, day@example.com' })
    const subscriptions = ofType(template, 'AWS::SNS::Subscription').map(({ properties }) => properties)
    const topics = ofType(template, 'AWS::SNS::Topic').map(({ id }) => id)
    expect(topics).toHaveLength(2)
    for (const topic of topics) {
      const own = subscriptions.filter((one) => refs(at(one, 'TopicArn'))[0] === topic)
      expect(own.map((one) => at(one, 'Endpoint'))).toEqual(['night@example.com', 'day@example.com'])
      expect(own.map((one) => at(one, 'Protocol'))).toEqual(['email', 'email'])
    }
  })

  it.each(['nobody', 'a@b.example,', 'a b@c'])('refuses an address that is none: %s', (alarmEmail) => {
    expect(() => said({ alarmEmail })).toThrow(
      expect.objectContaining({
        code: 'STACK_CONTEXT',
        message: expect.stringMatching(/context alarmEmail: expected mail addresses/),
      }),
    )
  })
})

describe('concurrent executions', () => {
  const kept = (context: Context) =>
    Object.fromEntries(
      ofType(said(context), 'AWS::Lambda::Function').flatMap(({ id, properties }) => {
        const reserved = at(properties, 'ReservedConcurrentExecutions')
        return reserved === undefined ? [] : [[id.replace(/[0-9A-F]{8}$/, ''), Number(reserved)]]
      }),
    )
  const ceilings = (context: Context) =>
    ofType(said(context), 'AWS::Lambda::EventSourceMapping')
      .filter(({ id }) => id.startsWith('Packaging'))
      .map(({ properties }) => at(properties, 'ScalingConfig', 'MaximumConcurrency'))

  it.each<Context>([{}, { accountConcurrency: '10' }, { accountConcurrency: '200' }])(
    'are kept for nobody where an account may have too few to keep any: %j',
    (context) => {
      expect(kept(context)).toEqual({})
    },
  )

  it('are kept for licences, the API with its gate and the packager, which never has more', () => {
    expect(kept({ accountConcurrency: '1000' })).toEqual({
      RightsLicence: 270,
      CatalogueApi: 45,
      CatalogueGate: 27,
      PackagingPackager: 450,
    })
  })

  it.each([201, 300, 1000, 10_000])('leave the hundred that AWS insists on, of %i', (quota) => {
    const sum = Object.values(kept({ accountConcurrency: String(quota) })).reduce((a, b) => a + b, 0)
    expect(sum).toBeGreaterThan(0)
    expect(quota - sum).toBeGreaterThanOrEqual(100)
  })

  it.each<[Context, number[]]>([
    [{}, [20, 5]],
    [{ accountConcurrency: '10' }, [2, 2]],
    [{ accountConcurrency: '1000' }, [20, 5]],
  ])('are not all taken by uploads: %j', (context, expected) => {
    expect(ceilings(context)).toEqual(expected)
  })

  it.each(['many', '0', '9', '1.5', ''])('refuse a quota that is none: %j', (accountConcurrency) => {
    expect(() => said({ accountConcurrency })).toThrow(
      /context accountConcurrency: expected the account's quota/,
    )
  })

  it('have an alarm near the quota, where the quota is said', () => {
    const alarm = (context: Context) =>
      ofType(said(context), 'AWS::CloudWatch::Alarm').find(
        ({ properties }) => at(properties, 'MetricName') === 'ClaimedAccountConcurrency',
      )
    expect(alarm({})).toBeUndefined()
    expect(at(alarm({ accountConcurrency: '1000' })?.properties, 'Threshold')).toBe(900)
  })
})

describe('what functions say in their logs', () => {
  it('is counted from the log group each writes to', () => {
    const template = said({})
    const filters = ofType(template, 'AWS::Logs::MetricFilter')
    const faults = filters.filter(({ properties }) =>
      String(at(list(at(properties, 'MetricTransformations'))[0], 'MetricName')).endsWith('Faults'),
    )
    const groups = new Set(faults.map(({ properties }) => refs(at(properties, 'LogGroupName'))[0]))
    const written = ofType(template, 'AWS::Lambda::Function')
      .map(({ properties }) => refs(at(properties, 'LoggingConfig', 'LogGroup'))[0])
      .filter((group) => groups.has(group))
    expect(new Set(written).size).toBe(faults.length)
    expect(faults.length).toBeGreaterThanOrEqual(7)
  })
})

describe('what CloudFront logs', () => {
  const template = said({})

  it('is no path, query, page or cookie: tokens stand in them', () => {
    const [delivery] = ofType(template, 'AWS::Logs::Delivery')
    const fields = list(at(delivery?.properties, 'RecordFields'))
    expect(fields).toEqual(expect.arrayContaining(['c-ip', 'sc-status', 'cache-behavior-path-pattern']))
    for (const field of ['cs-uri-stem', 'cs-uri-query', 'cs(Referer)', 'cs(Cookie)', 'cmcd'])
      expect(fields).not.toContain(field)
  })

  it('comes of the distribution to the bucket of logs, and by no other way', () => {
    const [delivery] = ofType(template, 'AWS::Logs::Delivery')
    const [source] = ofType(template, 'AWS::Logs::DeliverySource')
    const destination = named(template, 'AWS::Logs::DeliveryDestination', delivery?.properties)
    expect(at(delivery?.properties, 'DeliverySourceName')).toBe(at(source?.properties, 'Name'))
    expect(named(template, 'AWS::CloudFront::Distribution', source?.properties)).toBeDefined()
    expect(refs(at(destination?.properties, 'DestinationResourceArn'))[0]).toMatch(/^Logs/)
    const [distribution] = ofType(template, 'AWS::CloudFront::Distribution')
    expect(at(distribution?.properties, 'DistributionConfig', 'Logging')).toBeUndefined()
  })

  it('may be written by its delivery to its own folder alone', () => {
    const policies = ofType(template, 'AWS::S3::BucketPolicy').flatMap(({ properties }) =>
      list(at(properties, 'PolicyDocument', 'Statement')),
    )
    const [statement, ...others] = policies.filter(
      (one) => at(one, 'Principal', 'Service') === 'delivery.logs.amazonaws.com',
    )
    expect(others).toEqual([])
    expect(at(statement, 'Action')).toBe('s3:PutObject')
    expect(JSON.stringify(at(statement, 'Resource'))).toMatch(
      /"\/AWSLogs\/",\{"Ref":"AWS::AccountId"\},"\/\*"/,
    )
    expect(at(statement, 'Condition', 'StringEquals', 'aws:SourceAccount')).toEqual({ Ref: 'AWS::AccountId' })
    expect(JSON.stringify(at(statement, 'Condition', 'ArnLike', 'aws:SourceArn'))).toMatch(
      /:logs:us-east-1:.*:delivery-source:\*/,
    )
  })
})

describe('metrics of alarms', () => {
  /** Under which dimensions AWS has values, by the documents of each service. */
  const published: Readonly<Record<string, readonly string[]>> = {
    'AWS/ApiGateway': ['ApiId', 'ApiId Stage'],
    'AWS/CloudFront': ['DistributionId Region', 'FunctionName Region'],
    'AWS/DynamoDB': ['TableName'],
    'AWS/Lambda': ['', 'FunctionName'],
    'AWS/SQS': ['QueueName'],
  }

  it('have the dimensions under which AWS counts, or there would never be a value', () => {
    const template = said({ accountConcurrency: '1000' })
    const own = new Set(
      ofType(template, 'AWS::Logs::MetricFilter').map(({ properties }) => {
        const [made] = list(at(properties, 'MetricTransformations'))
        return `${text(at(made, 'MetricNamespace'))} ${text(at(made, 'MetricName'))}`
      }),
    )
    const metrics = ofType(template, 'AWS::CloudWatch::Alarm').flatMap(({ properties }) => {
      const stats = list(at(properties, 'Metrics')).flatMap(
        (query) => at(query, 'MetricStat', 'Metric') ?? [],
      )
      return stats.length > 0 ? stats : [properties]
    })
    expect(metrics.length).toBeGreaterThan(30)
    // Ten cents a month each: docs/operations.md says what it comes to. A room that alarms raises it.
    expect(metrics.length).toBeLessThan(74)
    for (const metric of metrics) {
      const namespace = text(at(metric, 'Namespace'))
      const dimensions = list(at(metric, 'Dimensions'))
      const names = dimensions.map((one) => at(one, 'Name')).join(' ')
      const name = `${namespace} ${text(at(metric, 'MetricName'))}`
      expect(published[namespace]?.includes(names) ?? (names === '' && own.has(name)), name).toBe(true)
      if (namespace === 'AWS/CloudFront')
        expect(dimensions).toContainEqual({ Name: 'Region', Value: 'Global' })
    }
  })
})

describe('what HTTP APIs log', () => {
  it('is no query, header or answer of an authorizer', () => {
    const formats = ofType(said({}), 'AWS::ApiGatewayV2::Stage').map(({ properties }) =>
      text(at(properties, 'AccessLogSettings', 'Format')),
    )
    expect(formats).toHaveLength(4)
    const fields = new Set(formats.flatMap((format) => format.match(/\$context\.[\w.]+/g) ?? []))
    expect([...fields].toSorted()).toEqual([
      '$context.error.message',
      '$context.httpMethod',
      '$context.identity.sourceIp',
      '$context.path',
      '$context.requestId',
      '$context.requestTimeEpoch',
      '$context.responseLatency',
      '$context.responseLength',
      '$context.status',
    ])
  })
})
