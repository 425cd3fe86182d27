/** EventBridge among the services: buses, and rules by a schedule or by a pattern. */
import { join } from 'node:path'
import { parseJsonBody } from '../aws-json.ts'
import { deliver, offered, type ServiceModule } from '../service-module.ts'
import { ownName, ownText, serviceArn } from '../template/identity.ts'
import type { AttachedPolicy, Identity, Resource, Subject, Template } from '../template/model.ts'
import { createEvents } from './events.ts'
import { busNameOf, ruleOf } from './rules.ts'
import { startSchedules } from './schedules.ts'

export const events: ServiceModule = {
  name: 'events',
  kinds: [
    { type: 'AWS::Events::EventBus', here: 'runs', identify: bus, partNotRun: partOfBus },
    { type: 'AWS::Events::EventBusPolicy', here: 'runs', policies: policyOfBus },
    { type: 'AWS::Events::Rule', here: 'runs', identify: rule },
  ],
  async open(context) {
    const { template, dataDir, authorize, log, faults } = context
    const service = await createEvents({
      path: join(dataDir, 'events.jsonl'),
      authorize,
      log,
      faults,
      send: (arn, body, caller, attributes) =>
        deliver(context, { arn, body, caller, ...(attributes !== undefined && { attributes }) }),
    })
    return {
      service,
      receive: (_arn, body, caller) => service.receive(parseJsonBody(Buffer.from(body)), caller),
      create: {
        'AWS::Events::EventBus': async ({ name }) => service.createBus(name),
        'AWS::Events::Rule': async (resource) => {
          const made = ruleOf(resource)
          if (made !== undefined) service.createRule(made)
        },
      },
      async start(opened) {
        opened.defer(startSchedules({ template, log, lambda: offered(context, 'functions') }))
        service.resume()
      },
    }
  },
}

function bus(subject: Subject): Identity {
  const name = ownName(subject, 'Name', 256)
  return { name, attributes: { Arn: serviceArn(subject, 'events', `event-bus/${name}`), Name: name } }
}

const knownOfBus = new Set(['Name', 'Description', 'Tags'])

/** Encryption, dead letters of the bus itself, logs: what is not done here is said at start. */
function partOfBus(properties: Readonly<Record<string, unknown>>): string | undefined {
  return Object.keys(properties).find((name) => !knownOfBus.has(name))
}

/** A rule of a bus that is not the default one bears its name, in its ARN and where it is referred to. */
function rule(subject: Subject): Identity {
  const name = ownName(subject, 'Name', 64)
  const of = busNameOf(ownText(subject, 'EventBusName'))
  const [path, ref] = of === 'default' ? [name, name] : [`${of}/${name}`, `${of}|${name}`]
  return { name, ref, attributes: { Arn: serviceArn(subject, 'events', `rule/${path}`) } }
}

function policyOfBus({ id, properties }: Resource, template: Template): readonly AttachedPolicy[] {
  const name = busNameOf(
    typeof properties['EventBusName'] === 'string' ? properties['EventBusName'] : undefined,
  )
  const found = template.ofType('AWS::Events::EventBus').find((each) => each.name === name)
  if (found === undefined) return []
  const document = { Version: '2012-10-17', Statement: [properties['Statement']] }
  return [{ arn: found.attribute('Arn'), document, where: id }]
}
