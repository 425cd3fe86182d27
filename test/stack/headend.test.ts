import { Stack } from 'aws-cdk-lib'
import { beforeAll, describe, expect, it } from 'vitest'
import { settleNotifier } from '../../lib/packaging/construct.ts'
import { headend, templateOf } from './synth.ts'
import { at, type CloudTemplate, list, named, number, ofType, refs, text } from './template.ts'

describe('the stacks of a headend', () => {
  let template: CloudTemplate
  beforeAll(() => {
    template = templateOf(headend().stacks)
  })

  it('puts out the names everything else is found by', () => {
    expect(Object.keys(template.Outputs ?? {}).toSorted()).toEqual([
      'AlarmTopic',
      'AnnounceDeadLetters',
      'ApiUrl',
      'ChannelsDeadLetters',
      'ChannelsQueue',
      'ChannelsTable',
      'ConsoleUrl',
      'ContentKeys',
      'DistributionId',
      'EventBus',
      'FilmsKey',
      'FrontAlarmTopic',
      'FrontSecret',
      'IndexStream',
      'IndexTable',
      'IngestDeadLetters',
      'IngestQueue',
      'IngestUrl',
      'LicenceApiUrl',
      'LicenceServersSecret',
      'LicenceUrl',
      'MediaBucket',
      'OperatorSecret',
      'PlaybackSecret',
      'PlaybackUrl',
      'Region',
      'RightsTable',
      'SessionStore',
      'SpekeBasicUrl',
      'SpekeSecret',
      'SpekeUrl',
      'UploadBucket',
      'ViewerFunction',
    ])
  })

  it('tells the queue that the ingest function reads of every upload, by EventBridge alone', () => {
    const [notifications] = ofType(template, 'Custom::S3BucketNotifications')
    expect(at(notifications?.properties, 'NotificationConfiguration')).toEqual({
      EventBridgeConfiguration: {},
    })
    const [mapping] = ofType(template, 'AWS::Lambda::EventSourceMapping')
    const rules = ofType(template, 'AWS::Events::Rule').filter(({ id }) => id.includes('Uploads'))
    expect(rules.map(({ properties }) => at(properties, 'EventPattern', 'detail', 'object', 'key'))).toEqual([
      [{ 'anything-but': { prefix: ['live/', 'vod/'] } }],
      [{ prefix: 'vod/' }],
      [{ prefix: 'live/' }],
    ])
    for (const { properties } of rules.slice(0, 2)) {
      const [target] = list(at(properties, 'Targets'))
      expect(refs(at(target, 'Arn'))).toEqual(refs(at(mapping?.properties, 'EventSourceArn')))
      expect(
        at(named(template, 'AWS::SQS::Queue', target), 'properties', 'RedrivePolicy', 'maxReceiveCount'),
      ).toBe(5)
    }
  })

  it('tells of stored placements, and of nothing else in the media bucket, the function that makes sidecars', () => {
    const [, notifications] = ofType(template, 'Custom::S3BucketNotifications')
    const told = list(at(notifications?.properties, 'NotificationConfiguration', 'QueueConfigurations'))
    expect(told.map((one) => list(at(one, 'Filter', 'Key', 'FilterRules')))).toEqual([
      [
        { Name: 'suffix', Value: '/placement.json' },
        { Name: 'prefix', Value: 'timelines/' },
      ],
    ])
    const mappings = ofType(template, 'AWS::Lambda::EventSourceMapping')
    const sources = mappings.flatMap(({ properties }) => refs(at(properties, 'EventSourceArn')))
    expect(sources).toEqual(expect.arrayContaining([...refs(at(told[0], 'QueueArn'))]))
  })

  it('keeps an overwritten film for longer than the longest start-over window of 14 days', () => {
    const upload = ofType(template, 'AWS::S3::Bucket').find(({ id }) => id.startsWith('PackagingUpload'))
    expect(at(upload?.properties, 'VersioningConfiguration', 'Status')).toBe('Enabled')
    const rules = list(at(upload?.properties, 'LifecycleConfiguration', 'Rules'))
    const days = rules.map((rule) => number(at(rule, 'NoncurrentVersionExpiration', 'NoncurrentDays'), 0))
    expect(Math.max(...days)).toBeGreaterThan(14)
  })

  it('takes uploads of clients that compare ETags with MD5, from pages too, and no list of rights with them', () => {
    const settings = (name: string) => {
      const bucket = ofType(template, 'AWS::S3::Bucket').find(({ id }) => id.startsWith(name))
      const of = (...path: string[]) => list(at(bucket?.properties, ...path))
      const [rule] = of('BucketEncryption', 'ServerSideEncryptionConfiguration')
      return {
        algorithm: at(rule, 'ServerSideEncryptionByDefault', 'SSEAlgorithm'),
        ownership: of('OwnershipControls', 'Rules'),
        methods: of('CorsConfiguration', 'CorsRules').map((one) => at(one, 'AllowedMethods')),
      }
    }
    const ownership = [{ ObjectOwnership: 'BucketOwnerEnforced' }]
    expect(settings('PackagingUpload')).toEqual({
      algorithm: 'AES256',
      ownership,
      methods: [['PUT', 'POST']],
    })
    expect(settings('PackagingMedia')).toEqual({ algorithm: 'aws:kms', ownership, methods: [] })
  })

  it('keeps data, keys and what people filled in when the stacks go, and not when their creation is rolled back', () => {
    const kept = [
      'AWS::S3::Bucket',
      'AWS::DynamoDB::GlobalTable',
      'AWS::KMS::Key',
      'AWS::SecretsManager::Secret',
      'AWS::CloudFront::KeyValueStore',
    ]
    const lost = kept
      .flatMap((type) => ofType(template, type))
      .map(({ id }) => id)
      .filter(
        (id) =>
          at(template.Resources[id], 'DeletionPolicy') !== 'RetainExceptOnCreate' ||
          at(template.Resources[id], 'UpdateReplacePolicy') !== 'Retain',
      )
    expect(lost).toEqual([])
  })

  it.each([
    ['/index.html', 'console'],
    ['/assets/main-1.js', 'console'],
    ['/embed.html', 'console'],
    ['/vod/film/index.m3u8', 'manifest'],
    ['/vod/film/no-such-thing', 'manifest'],
    ['/live/one/index.mpd', 'manifest'],
    ['/recordings/one/index.mpd', 'manifest'],
    ['/media/clear/vod/film/v1/1/2.0.m4s', 'media'],
    ['/s/k.p.s/vod/film/index.m3u8', 'manifest'],
    ['/s/k.p.s/vod/media/index.mpd', 'manifest'],
    ['/s/k.p.s/media/clear/vod/vod/v1/1/2.0.m4s', 'media'],
    ['/s/k.p.s/media/clear/vod/film/v1/1/i-0.mp4', 'media'],
    ['/s/k.p.s/no-such-thing', 'manifest'],
    ['/licence/clearkey', 'licence'],
  ])('answers %s from %s', (path, kind) => {
    const [distribution] = ofType(template, 'AWS::CloudFront::Distribution')
    const behaviours = list(at(distribution?.properties, 'DistributionConfig', 'CacheBehaviors'))
    const first = behaviours.find((behaviour) => matches(text(at(behaviour, 'PathPattern')), path))
    const policy =
      named(template, 'AWS::CloudFront::CachePolicy', at(first, 'CachePolicyId'))?.id ?? 'console'
    expect(policy.replace(/^Delivery(\w+)Cache\w+$/, '$1').toLowerCase()).toBe(kind)
    const runs = list(at(first, 'LambdaFunctionAssociations')).map((each) => at(each, 'EventType'))
    expect(runs).toEqual({ manifest: ['origin-request'], media: ['origin-response'] }[kind] ?? [])
    expect(list(at(first, 'FunctionAssociations'))).toHaveLength(
      ['console', 'licence'].includes(kind) ? 0 : 1,
    )
  })

  it('tells origins by headers who asks, and the edge function what it cannot have as environment', () => {
    const [distribution] = ofType(template, 'AWS::CloudFront::Distribution')
    const origins = list(at(distribution?.properties, 'DistributionConfig', 'Origins'))
    const headers = origins.flatMap((origin) => list(at(origin, 'OriginCustomHeaders')))
    expect(headers.map((header) => at(header, 'HeaderName'))).toEqual([
      'x-headend-media-bucket',
      'x-headend-index-table',
      'x-headend-region',
      'x-headend-front',
      'x-headend-front',
    ])
  })

  it('wakes someone for everything it watches', () => {
    const alarms = ofType(template, 'AWS::CloudWatch::Alarm')
    expect(alarms.map(({ id }) => id.replace(/^(Front)?Operations|[0-9A-F]{8}$/g, ''))).toEqual([
      'IngestFaults',
      'IngestAge',
      'IngestDeadLetters',
      'SoundSideCarDeadLetters',
      'PackagerFaults',
      'IndexThrottled',
      'PackagerSlowest',
      'AnnounceFaults',
      'AnnounceLate',
      'AnnounceDeadLetters',
      'LicenceFaults',
      'FrontUnknown',
      'LicenceLatency',
      'SpekeFaults',
      'SpekeLatency',
      'SweepFaults',
      'EdgeStoreFull',
      'RightsThrottled',
      'ManifestFaults',
      'ManifestEdgeFaults',
      'ApiFaults',
      'ApiLatency',
      'ChannelsIngestFaults',
      'ChannelsIngestLatency',
      'ChannelsFeedFaults',
      'ChannelsFeedDeadLetters',
      'ChannelsArchiveDeadLetters',
      'ChannelsMinuteFaults',
      'ChannelsMinuteFailed',
      'ChannelsSilent',
      'ChannelsBehind',
      'ChannelsGaps',
      'ChannelsRefused',
      'ChannelsCues',
      'ChannelsDrift',
      'ChannelsThrottled',
      'Throttled',
      'Playback5xx',
      'CacheHitRate',
    ])
    const silent = alarms.filter(
      ({ properties }) => !named(template, 'AWS::SNS::Topic', at(properties, 'AlarmActions')),
    )
    expect(silent).toEqual([])
  })

  it('has a firewall before the distribution where the context names one, and refuses another', () => {
    const waf =
      'arn:aws:wafv2:us-east-1:000000000000:global/webacl/house/0a1b2c3d-0000-4000-8000-000000000000'
    const aclOf = (said: Record<string, string>) => {
      const [distribution] = ofType(templateOf(headend({}, said).stacks), 'AWS::CloudFront::Distribution')
      return at(distribution?.properties, 'DistributionConfig', 'WebACLId')
    }
    expect([aclOf({}), aclOf({ waf })]).toEqual([undefined, waf])
    expect(() => headend({}, { waf: waf.replace('global', 'regional') })).toThrow(
      expect.objectContaining({
        code: 'STACK_CONTEXT',
        message: expect.stringMatching(/context waf: expected arn/),
      }),
    )
  })

  it('answers licences as no page of the console, which has the same origin', () => {
    const [distribution] = ofType(template, 'AWS::CloudFront::Distribution')
    const behaviours = list(at(distribution?.properties, 'DistributionConfig', 'CacheBehaviors'))
    const licences = behaviours.find((one) => at(one, 'PathPattern') === '/licence/*')
    const policy = named(
      template,
      'AWS::CloudFront::ResponseHeadersPolicy',
      at(licences, 'ResponseHeadersPolicyId'),
    )
    const security = at(policy?.properties, 'ResponseHeadersPolicyConfig', 'SecurityHeadersConfig')
    expect(at(security, 'ContentTypeOptions', 'Override')).toBe(true)
    expect(text(at(security, 'ContentSecurityPolicy', 'ContentSecurityPolicy'))).toMatch(
      /^sandbox; default-src 'none'/,
    )
  })

  it('lets no page but the player page stand in a frame of another', () => {
    const [distribution] = ofType(template, 'AWS::CloudFront::Distribution')
    const config = at(distribution?.properties, 'DistributionConfig')
    const player = list(at(config, 'CacheBehaviors')).find((one) => at(one, 'PathPattern') === '/embed.html')
    const securityOf = (behaviour: unknown) => {
      const id = at(behaviour, 'ResponseHeadersPolicyId')
      const policy = named(template, 'AWS::CloudFront::ResponseHeadersPolicy', id)
      const security = at(policy?.properties, 'ResponseHeadersPolicyConfig', 'SecurityHeadersConfig')
      const csp = JSON.stringify(at(security, 'ContentSecurityPolicy', 'ContentSecurityPolicy'))
      return [/frame-ancestors [^;"]*/.exec(csp)?.[0], at(security, 'FrameOptions', 'FrameOption')]
    }
    expect(securityOf(at(config, 'DefaultCacheBehavior'))).toEqual(["frame-ancestors 'none'", 'DENY'])
    expect(securityOf(player)).toEqual(['frame-ancestors *', undefined])
  })

  it('asks for TLS 1.2 or later where the name is its own', () => {
    const certificateArn = 'arn:aws:acm:us-east-1:000000000000:certificate/x'
    const own = templateOf(headend({ domain: { name: 'tv.example.com', certificateArn } }).stacks)
    const [distribution] = ofType(own, 'AWS::CloudFront::Distribution')
    expect(at(distribution?.properties, 'DistributionConfig', 'ViewerCertificate')).toMatchObject({
      AcmCertificateArn: certificateArn,
      MinimumProtocolVersion: 'TLSv1.2_2021',
    })
    expect(at(own.Outputs, 'PlaybackUrl', 'Value')).toBe('https://tv.example.com')
  })

  it('names to browsers what players send, and leaves preflights to the function that answers them', () => {
    const policy = ofType(template, 'AWS::CloudFront::ResponseHeadersPolicy').find((one) =>
      JSON.stringify(one).includes('headend playback'),
    )
    const cors = at(policy?.properties, 'ResponseHeadersPolicyConfig', 'CorsConfig')
    const names = list(at(cors, 'AccessControlAllowHeaders', 'Items'))
    expect(names).toEqual(expect.arrayContaining(['Authorization', 'Range', 'If-None-Match', 'CMCD-Session']))
    expect(names).not.toContain('*')
    expect(at(cors, 'OriginOverride')).toBe(false)
  })

  it('refuses a CDK that makes no function for notifications, whose log would never end', () => {
    expect(() => settleNotifier(new Stack())).toThrow(expect.objectContaining({ code: 'STACK_NOTIFIER' }))
  })

  it('refuses to be made without its bundles, and says how to make them', () => {
    expect(() => headend({ dist: '/nowhere' })).toThrow(
      expect.objectContaining({ code: 'BUILD_MISSING', message: expect.stringMatching(/npm run build/) }),
    )
  })
})

/** CloudFront's path patterns: `*` is any characters, slashes too, `?` one. */
function matches(pattern: string, path: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(path)
}
