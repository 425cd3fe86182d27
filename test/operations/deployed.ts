/** What is deployed, read for its alarms: all templates of an assembly, every reference in them as the name it names. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { at, type CloudTemplate, list, ofType, text } from '../stack/template.ts'

/** An alarm by the name its watch has, its properties without references. */
export interface DeployedAlarm {
  readonly name: string
  readonly properties: unknown
}

/** A filter and the logical id of the log group it reads. */
export interface DeployedFilter {
  readonly group: string
  readonly pattern: string
  readonly metric: string
  readonly value: string
  readonly fallback: number | undefined
}

/** Everything of every stack of an assembly, by logical id. */
export function deployed(directory: string): CloudTemplate {
  const stacks = readdirSync(directory)
    .filter((name) => name.endsWith('.template.json'))
    .map((name) => JSON.parse(readFileSync(join(directory, name), 'utf8')) as CloudTemplate)
  return { Resources: Object.assign({}, ...stacks.map(({ Resources }) => Resources)) }
}

/** The alarms, by the ids of their watches. */
export const alarmsOf = (template: CloudTemplate): readonly DeployedAlarm[] =>
  ofType(template, 'AWS::CloudWatch::Alarm').map(({ id, properties }) => ({
    name: id.replace(/^(Front)?Operations|[0-9A-F]{8}$/g, ''),
    properties: plain(properties),
  }))

/** What counts lines of logs. */
export const filtersOf = (template: CloudTemplate): readonly DeployedFilter[] =>
  ofType(template, 'AWS::Logs::MetricFilter').flatMap(({ properties }) =>
    list(at(properties, 'MetricTransformations')).map((made) => {
      const fallback = at(made, 'DefaultValue')
      return {
        group: String(plain(at(properties, 'LogGroupName'))),
        pattern: text(at(properties, 'FilterPattern')),
        metric: `${text(at(made, 'MetricNamespace'))} ${text(at(made, 'MetricName'))}`,
        value: text(at(made, 'MetricValue')),
        fallback: typeof fallback === 'number' ? fallback : undefined,
      }
    }),
  )

/** A value with the logical id in the place of each reference. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  const ref = at(value, 'Ref')
  if (typeof ref === 'string') return ref
  const attribute = at(value, 'Fn::GetAtt', 0)
  if (typeof attribute === 'string') return attribute
  const joined = at(value, 'Fn::Join')
  if (Array.isArray(joined)) return list(plain(joined[1])).join(text(joined[0]))
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]))
}
