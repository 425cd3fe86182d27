/** Physical ids and attributes: what `Ref` and `Fn::GetAtt` give, in the form AWS gives them and stable for ever. */
import { createHash } from 'node:crypto'
import { account } from '../service.ts'
import type { Identity, Subject } from './model.ts'

/** The identity of a resource of a type that no service knows: names that say whose they are, and every attribute. */
export function unknownIdentity(subject: Subject): {
  readonly name: string
  readonly attribute: (name: string) => string
} {
  const name = stackName(subject, 255)
  const service = subject.type.split('::')[1]?.toLowerCase() ?? 'unknown'
  return {
    name,
    attribute: (wanted) => (wanted === 'Arn' ? serviceArn(subject, service, name) : `${name}.${wanted}`),
  }
}

/** An identity whose one attribute is `Arn`. */
export function withArn(subject: Subject, name: string, service: string, kind: string): Identity {
  return { name, attributes: { Arn: serviceArn(subject, service, kind + name) } }
}

/** `arn:aws:sqs:us-east-1:000000000000:jobs` */
export function serviceArn({ region }: Subject, service: string, resource: string): string {
  return `arn:aws:${service}:${region}:${account}:${resource}`
}

/** `Headend-IngestFunction1A2B`, cut with a hash where the service's limit is shorter. */
export function stackName(subject: Subject, limit: number): string {
  const name = `${subject.prefix}-${subject.id}`
  return name.length <= limit ? name : `${name.slice(0, limit - 9)}-${hex(subject, 8)}`
}

/** The name a property gives, or one made of the stack's. */
export function ownName(subject: Subject, property: string, limit: number): string {
  return ownText(subject, property) ?? stackName(subject, limit)
}

/** A property that is a text. */
export function ownText(subject: Subject, property: string): string | undefined {
  const value = subject.property(property)
  return typeof value === 'string' ? value : undefined
}

/** Digits as AWS makes up at random, here always the same. */
export function hex({ prefix, id }: Subject, length: number): string {
  return createHash('sha256').update(`${prefix}/${id}`).digest('hex').slice(0, length)
}

/** An id in the form of a UUID, always the same. */
export function uuid(subject: Subject): string {
  return hex(subject, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
