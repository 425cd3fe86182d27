/** The order in which resources can be made: what one refers to comes before it, as in CloudFormation. */
import { LocalError } from '../errors.ts'
import { isRecord } from '../json-input.ts'
import type { Declaration } from './document.ts'

/** Logical ids, each after what it needs; otherwise in the template's order. */
export function creationOrder(resources: ReadonlyMap<string, Declaration>): readonly string[] {
  const ordered: string[] = []
  const state = new Map<string, 'open' | 'done'>()
  const visit = (id: string, path: readonly string[]): void => {
    const resource = resources.get(id)
    if (resource === undefined || state.get(id) === 'done') return
    if (state.get(id) === 'open') {
      const circle = [...path.slice(path.indexOf(id)), id].join(' -> ')
      throw new LocalError('TEMPLATE_CIRCULAR', `resources need each other: ${circle}`)
    }
    state.set(id, 'open')
    for (const needed of needs(resource)) visit(needed, [...path, id])
    state.set(id, 'done')
    ordered.push(id)
  }
  for (const id of resources.keys()) visit(id, [])
  return ordered
}

function needs({ dependsOn, properties }: Declaration): ReadonlySet<string> {
  const found = new Set(dependsOn)
  collect(properties, found)
  return found
}

function collect(value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) {
    for (const entry of value) collect(entry, found)
  } else if (isRecord(value)) {
    const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Sub': template } = value
    if (typeof ref === 'string') found.add(ref)
    const [owner] =
      typeof attribute === 'string' ? attribute.split('.') : Array.isArray(attribute) ? attribute : []
    if (typeof owner === 'string') found.add(owner)
    const [text] = Array.isArray(template) ? template : [template]
    if (typeof text === 'string') {
      for (const [, name = ''] of text.matchAll(/\$\{([^!}.]+)/g)) found.add(name.trim())
    }
    for (const entry of Object.values(value)) collect(entry, found)
  }
}
