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

/** What a value names of other stacks, at any depth. */
export function outputsNamed(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return []
  const output = at(value, 'Fn::GetStackOutput')
  return output === undefined ? Object.values(value).flatMap(outputsNamed) : [output]
}

/** Several templates as one: what refers to an output of another is replaced by that output's value. */
export function whole(templates: Readonly<Record<string, CloudTemplate>>): CloudTemplate {
  const resolved = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolved)
    if (typeof value !== 'object' || value === null) return value
    const output = at(value, 'Fn::GetStackOutput')
    if (output !== undefined) {
      const { Outputs = {} } = templates[text(at(output, 'StackName'))] ?? {}
      const found = Outputs[text(at(output, 'OutputName'))]
      if (found === undefined) throw new Error(`no such output: ${JSON.stringify(output)}`)
      return resolved(found.Value)
    }
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, resolved(entry)]))
  }
  const all = Object.values(templates)
  const resources = all.flatMap(({ Resources }) => Object.entries(Resources))
  const twice = resources.map(([id]) => id).filter((id, index, ids) => ids.indexOf(id) !== index)
  if (twice.length > 0) throw new Error(`in two stacks: ${twice.join(', ')}`)
  const outputs = all.flatMap(({ Outputs = {} }) => Object.entries(Outputs))
  return {
    Resources: resolved(Object.fromEntries(resources)) as CloudTemplate['Resources'],
    Outputs: Object.fromEntries(outputs.filter(([name]) => !name.startsWith('PublishOutput'))),
  }
}
