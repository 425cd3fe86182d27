/** Reading a synthesized template, whose every value is unknown until it is looked at. */

export interface Resource {
  readonly Type: string
  readonly Properties?: unknown
}

export interface CloudTemplate {
  readonly Resources: Readonly<Record<string, Resource>>
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>
}

/** A resource with the name it has in the template. */
export interface Named {
  readonly id: string
  readonly properties: unknown
}

/** What stands at a path, undefined where the path ends early. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let here = value
  for (const key of path) {
    if (typeof here !== 'object' || here === null) return undefined
    here = (here as Record<string | number, unknown>)[key]
  }
  return here
}

/** A list as it is, one thing as a list of one, nothing as an empty list. */
export function list(value: unknown): readonly unknown[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

/** A number, or what CloudFormation takes where none is given. */
export function number(value: unknown, absent: number): number {
  return value === undefined ? absent : Number(value)
}

/** A text, empty where something else stands. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** All resources of a type. */
export function ofType(template: CloudTemplate, type: string): readonly Named[] {
  return Object.entries(template.Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id, resource]) => ({ id, properties: resource.Properties }))
}

/** The resources a value names by Ref or Fn::GetAtt, at any depth, in order. */
export function refs(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  const ref = at(value, 'Ref')
  if (typeof ref === 'string') return [ref]
  const target = at(value, 'Fn::GetAtt', 0)
  if (typeof target === 'string') return [target]
  return Object.values(value).flatMap(refs)
}

/** The resource of a type that a value names, if it names one. */
export function named(template: CloudTemplate, type: string, value: unknown): Named | undefined {
  const id = refs(value).find((ref) => template.Resources[ref]?.Type === type)
  return id === undefined ? undefined : { id, properties: template.Resources[id]?.Properties }
}
