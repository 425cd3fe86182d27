/** What holds between the stacks: who refers to whom, what outlives them, and that two headends share no name. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AwsSolutionsChecks } from 'cdk-nag'
import { beforeAll, describe, expect, it } from 'vitest'
import { nearestShield } from '../../lib/platform/http/origin-shield.ts'
import { brokenLimits } from './limits.ts'
import { headend, templateOf, templatesOf } from './synth.ts'
import { at, type CloudTemplate, list, named, ofType, outputsNamed, text } from './template.ts'

type Templates = Readonly<Record<string, CloudTemplate>>

let here: Templates
let elsewhere: Templates
beforeAll(() => {
  here = templatesOf(headend().stacks)
  elsewhere = templatesOf(headend({ region: 'eu-north-1', stage: 'test' }).stacks)
})

const template = (name: string, of: Templates = here): CloudTemplate => {
  const found = of[name]
  if (found === undefined) throw new Error(`no stack ${name} among ${Object.keys(of).join(', ')}`)
  return found
}

describe('the stacks', () => {
  it('are three, named by stage and region', () => {
    expect(Object.keys(here)).toEqual(['Headend-global', 'Headend-us-east-1', 'Headend'])
    expect(Object.keys(elsewhere)).toEqual(['Headend-test-global', 'Headend-test-eu-north-1', 'Headend-test'])
  })

  it('refer to those deployed before them and to no other, by outputs those have', () => {
    for (const templates of [here, elsewhere]) {
      const names = Object.keys(templates)
      const references = Object.entries(templates).flatMap(([name, one]) =>
        outputsNamed(one).map((output) => ({ name, output })),
      )
      expect(references.length).toBeGreaterThan(10)
      for (const { name, output } of references) {
        const producer = text(at(output, 'StackName'))
        expect(names.indexOf(producer)).toBeGreaterThanOrEqual(0)
        expect(names.indexOf(producer)).toBeLessThan(names.indexOf(name))
        expect(Object.keys(template(producer, templates).Outputs ?? {})).toContain(at(output, 'OutputName'))
        expect(at(output, 'Region')).toBe(producer.endsWith('eu-north-1') ? 'eu-north-1' : 'us-east-1')
      }
      expect(JSON.stringify(templates)).not.toMatch(/Fn::ImportValue|"Export"/)
    }
  })

  it('are protected from being deleted in passing', () => {
    const { shared, region, front } = headend().stacks
    for (const stack of [shared, region, front]) expect(stack.terminationProtection).toBe(true)
  })

  it('of two stages have no name in common that the template itself says', () => {
    const names = (templates: Templates): readonly string[] =>
      Object.values(templates).flatMap((one) =>
        Object.entries(one.Resources).flatMap(([, { Type, Properties }]) => physicalNames(Type, Properties)),
      )
    const other = templatesOf(headend({ stage: 'test' }).stacks)
    const [mine, theirs] = [names(here), names(other)]
    expect(mine.length).toBeGreaterThan(5)
    expect(mine.filter((name) => theirs.includes(name))).toEqual([])
  })

  it('have names of their own for secrets nowhere', () => {
    for (const one of Object.values(here))
      for (const { properties } of ofType(one, 'AWS::SecretsManager::Secret'))
        expect(at(properties, 'Name')).toBeUndefined()
  })

  it.each(['Test', 'a-b', 'global', '', 'x'.repeat(17)])('refuse the stage %j', (stage) => {
    expect(() => headend({ stage })).toThrow(
      expect.objectContaining({
        code: 'STACK_STAGE',
        message: expect.stringMatching(/context stage: expected up to 16 lower-case letters/),
      }),
    )
  })

  it('synthesize in another region under another stage, and break no limit and no rule there', () => {
    const { app, stacks } = headend({ region: 'eu-north-1', stage: 'test' })
    expect(brokenLimits(templateOf(stacks))).toEqual([])
    const checks = new AwsSolutionsChecks(app, { verbose: true })
    const found = Object.values(stacks).flatMap((stack) => checks.validateScope(stack).violations)
    expect(
      found.map(({ ruleName, violatingResources }) => [ruleName, violatingResources[0]?.constructPath]),
    ).toEqual([])
  })
})

describe('of the region', () => {
  it('functions are opened to CloudFront beside themselves, in both ways access control needs', () => {
    for (const [name, templates] of [
      ['Headend-us-east-1', here],
      ['Headend-test-eu-north-1', elsewhere],
    ] as const) {
      const own = template(name, templates)
      const doors = ofType(own, 'AWS::Lambda::Permission').filter(
        ({ properties }) => at(properties, 'Principal') === 'cloudfront.amazonaws.com',
      )
      expect(
        doors.map(({ properties }) => [at(properties, 'Action'), at(properties, 'InvokedViaFunctionUrl')]),
      ).toEqual([
        ['lambda:InvokeFunctionUrl', undefined],
        ['lambda:InvokeFunction', true],
        ['lambda:InvokeFunctionUrl', undefined],
        ['lambda:InvokeFunction', true],
      ])
      const urls = doors.map(
        ({ properties }) => named(own, 'AWS::Lambda::Url', at(properties, 'FunctionName'))?.id,
      )
      expect(new Set(urls).size).toBe(2)
      expect(urls).not.toContain(undefined)
    }
    for (const front of [template('Headend'), template('Headend-test', elsewhere)]) {
      const urls = ofType(front, 'AWS::Lambda::Permission')
      expect(urls).toEqual([])
    }
  })

  it('alarms watch what is counted there, and those of the front what CloudFront counts in us-east-1', () => {
    for (const [name, front] of [
      ['Headend-us-east-1', false],
      ['Headend', true],
    ] as const) {
      const metrics = ofType(template(name), 'AWS::CloudWatch::Alarm').flatMap(({ properties }) => [
        ...list(at(properties, 'Namespace')),
        ...list(at(properties, 'Metrics')).flatMap((metric) =>
          list(at(metric, 'MetricStat', 'Metric', 'Namespace')),
        ),
      ])
      expect(metrics.length).toBeGreaterThan(front ? 1 : 10)
      for (const namespace of metrics) expect(namespace === 'AWS/CloudFront').toBe(front)
      // A metric that names a resource of another stack may be of another region, where no alarm sees it.
      const alarms = ofType(template(name), 'AWS::CloudWatch::Alarm')
      expect(JSON.stringify(alarms)).not.toContain('Fn::GetStackOutput')
    }
  })

  it('keys can follow what they encrypt into another region, and both buckets keep versions', () => {
    const own = template('Headend-us-east-1')
    const keys = ofType(own, 'AWS::KMS::Key')
    expect(keys.map(({ properties }) => at(properties, 'MultiRegion'))).toEqual([true, true])
    const versioned = ofType(own, 'AWS::S3::Bucket').filter(
      ({ properties }) => at(properties, 'VersioningConfiguration', 'Status') === 'Enabled',
    )
    expect(versioned.map(({ id }) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual([
      'PackagingUpload',
      'PackagingMedia',
    ])
    for (const { properties } of versioned)
      expect(JSON.stringify(at(properties, 'LifecycleConfiguration'))).toContain('"NoncurrentDays":30')
  })

  it('the secret of licence servers says nothing, so that no deployment writes over what was put', () => {
    const secret = ofType(template('Headend-us-east-1'), 'AWS::SecretsManager::Secret').find(({ id }) =>
      id.startsWith('RightsLicenceServers'),
    )
    expect(Object.keys(secret?.properties ?? {})).toEqual(['Description'])
  })

  it('access logs of APIs are where API Gateway needs no policy line for each', () => {
    const stages = ofType(template('Headend-us-east-1'), 'AWS::ApiGatewayV2::Stage')
    const names = stages.map(({ properties }) =>
      at(
        named(template('Headend-us-east-1'), 'AWS::Logs::LogGroup', at(properties, 'AccessLogSettings'))
          ?.properties,
        'LogGroupName',
      ),
    )
    expect(names).toEqual([
      '/aws/vendedlogs/Headend-us-east-1/RightsLicence',
      '/aws/vendedlogs/Headend-us-east-1/RightsSpeke',
      '/aws/vendedlogs/Headend-us-east-1/Catalogue',
      '/aws/vendedlogs/Headend-us-east-1/ChannelsIngest',
    ])
  })

  it('resources have the ids by which stacks and data directories of before find what they hold', () => {
    const kept = Object.values(here).flatMap((one) =>
      Object.entries(one.Resources)
        .filter(([, { Type }]) => holdsData.has(Type))
        .map(([id]) => id),
    )
    expect(kept).toEqual(
      expect.arrayContaining([
        'CatalogueOperatorSecret0B8F9D1A',
        'DeliveryConsoleFiles365B8BB1',
        'DeliverySessions1EF97289',
        'Key961B73FD',
        'Logs6819BB44',
        'PackagingIndex31B3A990',
        'PackagingIngestDeadLettersA7CEBCC8',
        'PackagingIngestQueue6B641170',
        'PackagingMediaE28F3882',
        'PackagingSoundSideCarDeadLetters052AECCB',
        'PackagingSoundSideCarQueue28CD8B99',
        'PackagingUpload98A672AB',
        'RightsContentKeysKey1867C7F2',
        'RightsFront03554096',
        'RightsLicenceServersEF180643',
        'RightsPlaybackSecret726D4A9B',
        'RightsSpekeSecret57DBFD19',
        'RightsTable6E059531',
      ]),
    )
  })
})

const holdsData = new Set([
  'AWS::S3::Bucket',
  'AWS::DynamoDB::GlobalTable',
  'AWS::KMS::Key',
  'AWS::SQS::Queue',
  'AWS::SecretsManager::Secret',
  'AWS::CloudFront::KeyValueStore',
])

describe('the front', () => {
  it('keeps its edge function with role and log, so that it can go while CloudFront still has replicas', () => {
    const front = template('Headend')
    const edge = Object.entries(front.Resources).filter(([id]) => id.startsWith('DeliveryManifestEdge'))
    const policies = new Map(
      edge.map(([id, resource]) => [
        `${resource.Type} ${id.replace(/[0-9A-F]{8}.*$/, '')}`,
        at(resource, 'DeletionPolicy'),
      ]),
    )
    expect(policies.get('AWS::Lambda::Function DeliveryManifestEdge')).toBe('Retain')
    expect(policies.get('AWS::IAM::Role DeliveryManifestEdgeRole')).toBe('Retain')
    expect(policies.get('AWS::Logs::LogGroup DeliveryManifestEdgeLog')).toBe('Retain')
  })

  it('lets the edge function write its log in every region, of which none but one has the group', () => {
    const policies = JSON.stringify(ofType(template('Headend'), 'AWS::IAM::Policy'))
    expect(policies).toContain('"logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"')
    expect(policies).toContain(':logs:*:')
  })

  it('names no retained thing as an earlier stack of its name did', () => {
    const edgeLog = ofType(template('Headend'), 'AWS::Logs::LogGroup').find(({ id }) => id.includes('Edge'))
    const [store] = ofType(template('Headend-global'), 'AWS::CloudFront::KeyValueStore')
    for (const name of [at(edgeLog?.properties, 'LogGroupName'), at(store?.properties, 'Name')])
      expect(JSON.stringify(name)).toContain('AWS::StackId')
  })

  it('sends the version of its secret that a deployment names, and the current one otherwise', () => {
    const header = (templates: Templates): string =>
      JSON.stringify(template('Headend', templates)).match(/resolve:secretsmanager.{0,300}?}}"/)?.[0] ?? ''
    expect(header(here)).toContain(':SecretString:key::}}')
    const version = '0a1b2c3d-0000-4000-8000-000000000000'
    const told = templatesOf(headend({ frontVersion: version }).stacks)
    expect(header(told)).toContain(`:SecretString:key::${version}}}`)
    // Nothing else changes, so that CloudFormation has one thing to do.
    expect(JSON.stringify(told).replaceAll(version, '')).toBe(JSON.stringify(here))
  })

  it('puts its shield as near to the functions as CloudFront has one', () => {
    expect(JSON.stringify(template('Headend-test', elsewhere))).toContain('"OriginShieldRegion":"eu-west-2"')
    expect(nearestShield('eu-central-1')).toBe('eu-central-1')
    expect(nearestShield('us-west-1')).toBe('us-west-2')
    expect(() => nearestShield('mars-1')).toThrow(
      expect.objectContaining({
        code: 'STACK_SHIELD',
        message: expect.stringMatching(/region mars-1: expected one whose nearest Origin Shield is known/),
      }),
    )
  })

  it('says where it is under a name that follows from the stage', () => {
    for (const [name, templates] of [
      ['Headend', here],
      ['Headend-test', elsewhere],
    ] as const) {
      const [parameter] = ofType(template(name, templates), 'AWS::SSM::Parameter')
      expect(at(parameter?.properties, 'Name')).toBe(`/${name}/front`)
      expect(JSON.stringify(templates)).toContain(`parameter/${name}/front`)
    }
  })
})

describe('what an earlier stack kept', () => {
  const outputs = {
    'Headend-global': {
      SessionStore: 'arn:aws:cloudfront::000000000000:key-value-store/1',
      FrontSecret: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:Front-abcdef',
    },
    'Headend-us-east-1': {
      UploadBucket: 'films',
      MediaBucket: 'timelines',
      IndexTable: 'index',
      IndexStream: 'arn:aws:dynamodb:us-east-1:000000000000:table/index/stream/2026-01-01T00:00:00.000',
      RightsTable: 'rights',
      ChannelsTable: 'channels',
      FilmsKey: 'arn:aws:kms:us-east-1:000000000000:key/mrk-1',
      ContentKeys: 'arn:aws:kms:us-east-1:000000000000:key/mrk-2',
      OperatorSecret: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:Operator-abcdef',
      PlaybackSecret: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:Playback-abcdef',
      SpekeSecret: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:Speke-abcdef',
      LicenceServersSecret: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:Servers-abcdef',
      ApiUrl: 'https://gone.example',
    },
  }

  it('is taken over by the outputs that named it, and nothing of it is made anew', () => {
    const { app, stacks } = headend({}, { adopt: JSON.stringify(outputs) })
    const whole = templateOf(stacks)
    const made = Object.entries(whole.Resources).filter(
      ([, { Type }]) => holdsData.has(Type) && Type !== 'AWS::SQS::Queue',
    )
    expect(made.map(([id]) => id.replace(/[0-9A-F]{8}$/, '')).toSorted()).toEqual([
      'DeliveryConsoleFiles',
      'Logs',
    ])
    for (const [name, value] of Object.entries({
      ...outputs['Headend-global'],
      ...outputs['Headend-us-east-1'],
    }))
      if (name !== 'ApiUrl') expect(at(whole.Outputs, name, 'Value')).toBe(value)
    // Its policies went with the earlier stack, or name its functions: they are put anew.
    expect(ofType(whole, 'AWS::S3::BucketPolicy').map(({ properties }) => at(properties, 'Bucket'))).toEqual(
      expect.arrayContaining(['films', 'timelines']),
    )
    const [put] = ofType(whole, 'Custom::AWS')
    const call = JSON.stringify(put?.properties)
    expect(call).toContain('PutKeyPolicy')
    expect(call).toContain('RightsLicenceRole')
    expect(brokenLimits(whole)).toEqual([])
    const checks = new AwsSolutionsChecks(app, { verbose: true })
    const found = Object.values(stacks).flatMap((stack) => checks.validateScope(stack).violations)
    expect(
      found.map(({ ruleName, violatingResources }) => [ruleName, violatingResources[0]?.constructPath]),
    ).toEqual([])
  })

  it('is taken over one by one, too, and from a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'headend-adopt-'))
    const file = join(folder, 'outputs.json')
    writeFileSync(file, JSON.stringify({ UploadBucket: 'films' }))
    const whole = templateOf(headend({}, { adopt: file }).stacks)
    rmSync(folder, { recursive: true })
    expect(at(whole.Outputs, 'UploadBucket', 'Value')).toBe('films')
    expect(ofType(whole, 'AWS::S3::Bucket').map(({ id }) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual(
      expect.arrayContaining(['PackagingMedia']),
    )
  })

  it.each(['/nowhere/outputs.json', '{"UploadBucket":1}', '{', '{"IndexTable":"index"}'])(
    'is refused where it is said wrongly: %s',
    (adopt) => {
      expect(() => headend({}, { adopt })).toThrow(
        expect.objectContaining({ code: 'STACK_ADOPT', message: expect.stringMatching(/context adopt: /) }),
      )
    },
  )
})

it('the commands in cdk.json run without node_modules/.bin in the PATH, on whatever Node the machine has', () => {
  const { build, app } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { build: string; app: string }
  // `node x.ts` runs on a Node that strips types alone; ready.mjs runs on any from 20.19 on.
  for (const command of [build, app]) expect(command).toMatch(/^node scripts\/ready\.mjs \S+\.ts$/)
  const outdir = mkdtempSync(join(tmpdir(), 'headend-cdk-'))
  const path = (process.env['PATH'] ?? '').split(':').filter((folder) => !folder.includes('node_modules'))
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: object }
  const [node = '', ...words] = app.split(' ')
  const { status, stderr } = spawnSync(node, words, {
    encoding: 'utf8',
    env: {
      PATH: path.join(':'),
      CDK_OUTDIR: outdir,
      CDK_VALIDATION: 'false',
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, region: 'eu-north-1', stage: 'test' }),
    },
  })
  const made = existsSync(join(outdir, 'Headend-test-eu-north-1.template.json'))
  rmSync(outdir, { recursive: true })
  expect([status, stderr, made]).toEqual([0, '', true])
})

/** Literal names in properties that AWS takes as a resource's own name. */
function physicalNames(type: string, properties: unknown): readonly string[] {
  const fields = [
    'Name',
    'BucketName',
    'TableName',
    'QueueName',
    'FunctionName',
    'RoleName',
    'LogGroupName',
    'DashboardName',
    'AlarmName',
    'TopicName',
    'AliasName',
    'PolicyName',
  ]
  const nested = [
    'CachePolicyConfig',
    'ResponseHeadersPolicyConfig',
    'OriginAccessControlConfig',
    'OriginRequestPolicyConfig',
  ]
  const places = [properties, ...nested.map((name) => at(properties, name))]
  // Several may have one: APIs, their parts, policies within roles.
  const notItsOwn =
    type.startsWith('AWS::ApiGatewayV2::') || type === 'AWS::IAM::Policy' ? ['Name', 'PolicyName'] : []
  return places.flatMap((place) =>
    fields
      .filter((field) => !notItsOwn.includes(field))
      .flatMap((field) => {
        const value = at(place, field)
        return typeof value === 'string' ? [`${type} ${value}`] : []
      }),
  )
}
