/** Services are a list: each is opened, made what the template says, started, and closed in the reverse order. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { LocalError } from '../../local/errors.ts'
import { createFaults } from '../../local/faults/index.ts'
import { createCredentials } from '../../local/gateway/index.ts'
import { openServices } from '../../local/open-services.ts'
import { AwsFault } from '../../local/service.ts'
import {
  deliver,
  type OpenedService,
  offered,
  type ServiceContext,
  type ServiceModule,
} from '../../local/service-module.ts'
import { services } from '../../local/services.ts'
import { loadTemplate, parseDocument } from '../../local/template/index.ts'

const kinds = services.flatMap(({ name, kinds: known }) => known.map((kind) => ({ name, kind })))

function templateOf(
  resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: object }>>,
) {
  const document = parseDocument({ Resources: resources })
  return loadTemplate([{ name: 'Small', region: 'us-east-1', document, assets: new Map() }], {
    aws: 'http://127.0.0.1:1',
    cdn: 'http://127.0.0.1:2',
    httpApis: [],
  })
}

const settingsOf = (template: ServiceContext['template']) => ({
  template,
  credentials: createCredentials(),
  dataDir: '/nowhere',
  awsEndpoint: 'http://127.0.0.1:1',
  log: () => undefined,
  faults: createFaults(),
})

/** A service that writes down what happens to it. */
const noted = (
  name: string,
  events: string[],
  further: (context: ServiceContext) => OpenedService = () => ({}),
): ServiceModule => ({
  name,
  kinds: [],
  async open(context) {
    events.push(`open ${name}`)
    return {
      service: {
        name,
        handle: () => Promise.resolve(),
        close: async () => void events.push(`close ${name}`),
      },
      start: async () => void events.push(`start ${name}`),
      ...further(context),
    }
  },
})

describe('the list of services', () => {
  it('has no two services of one name, and no two that know one type', () => {
    const names = services.map(({ name }) => name)
    const types = kinds.map(({ kind }) => kind.type)
    expect(names).toEqual([...new Set(names)])
    expect(types).toEqual([...new Set(types)])
  })

  it.each(kinds.filter(({ kind }) => typeof kind.here === 'object'))(
    'says why $kind.type needs nothing here',
    ({ kind }) => {
      expect(kind.here).toEqual({ inert: expect.stringMatching(/^[a-z].{10,}[^.]$/) })
    },
  )
})

describe('local/README.md', () => {
  const readme = readFileSync('local/README.md', 'utf8')

  it.each(kinds)(
    'says of $kind.type what becomes of it, as its service states it',
    ({ kind: { type, here } }) => {
      const [running = '', others = ''] = readme.split('## What needs nothing here')
      const [inert = '', absent = ''] = others.split('## What is known by its names alone')
      const row = typeof here === 'object' ? `| \`${type}\` | ${here.inert} |` : `\`${type}\``
      const told = [running, inert, absent].map((part) => part.includes(row))
      expect(told).toEqual([here === 'runs', typeof here === 'object', here === 'absent'])
    },
  )
})

describe('opening services', () => {
  it('makes what each knows before the next is opened, starts all, and closes in the reverse order', async () => {
    const events: string[] = []
    const create = { 'AWS::SQS::Queue': async ({ id }: { readonly id: string }) => events.push(`make ${id}`) }
    const template = templateOf({ Jobs: { Type: 'AWS::SQS::Queue' }, Topic: { Type: 'AWS::SNS::Topic' } })
    {
      await using opened = new AsyncDisposableStack()
      const all = await openServices(
        [noted('sqs', events, () => ({ create })), { name: 'inert', kinds: [] }, noted('next', events)],
        settingsOf(template),
        opened,
      )
      expect(all.all.map(({ name }) => name)).toEqual(['sqs', 'next'])
      await all.start(opened)
    }
    expect(events).toEqual([
      'open sqs',
      'make Jobs',
      'open next',
      'start sqs',
      'start next',
      'close next',
      'close sqs',
    ])
  })

  it('closes what was opened when a resource can not be made, and names that', async () => {
    const events: string[] = []
    const create = { 'AWS::SQS::Queue': () => Promise.reject(new Error('no room')) }
    const opening = async () => {
      await using opened = new AsyncDisposableStack()
      await openServices(
        [noted('first', events), noted('sqs', events, () => ({ create }))],
        settingsOf(templateOf({ Jobs: { Type: 'AWS::SQS::Queue' } })),
        opened,
      )
    }
    await expect(opening()).rejects.toMatchObject({
      code: 'LOCAL_RESOURCE_FAILED',
      message: 'Jobs (AWS::SQS::Queue): no room',
    })
    expect(events).toEqual(['open first', 'open sqs', 'close sqs', 'close first'])
  })

  it('hands an event to the service that its ARN names, and refuses it where none takes it', async () => {
    const received: unknown[] = []
    const caller = { kind: 'service', principal: 'events.amazonaws.com', sourceArn: 'arn:rule' } as const
    const contexts: ServiceContext[] = []
    await using opened = new AsyncDisposableStack()
    await openServices(
      [
        noted('bus', [], (given) => {
          contexts.push(given)
          return {}
        }),
        noted('sqs', [], () => ({ receive: async (arn, body, from) => received.push([arn, body, from]) })),
      ],
      settingsOf(templateOf({})),
      opened,
    )
    const send = async (arn: string) => {
      for (const context of contexts) await deliver(context, { arn, body: '{}', caller })
    }
    await send('arn:aws:sqs:us-east-1:000000000000:jobs')
    expect(received).toEqual([['arn:aws:sqs:us-east-1:000000000000:jobs', '{}', caller]])
    for (const arn of [
      'arn:aws:sns:us-east-1:000000000000:topic',
      'arn:aws:bus:us-east-1:000000000000:b',
      'x',
    ])
      await expect(send(arn)).rejects.toThrow(AwsFault)
  })

  it('refuses a service that stands before one it needs', async () => {
    await using opened = new AsyncDisposableStack()
    const needy: ServiceModule = {
      name: 'needy',
      kinds: [],
      open: async (context) => ({ notes: offered(context, 'iam').unknownManaged }),
    }
    const opening = openServices([needy], settingsOf(templateOf({})), opened)
    await expect(opening).rejects.toThrow(LocalError)
    await expect(opening).rejects.toMatchObject({ code: 'LOCAL_SERVICE' })
  })
})
