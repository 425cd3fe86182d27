/** The synthesized template as it lies in the cloud assembly, its shape checked once. */
import { readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { LocalError } from '../errors.ts'
import { isRecord, type JsonRecord } from '../json-input.ts'
import { region } from '../service.ts'

/** A resource before anything is resolved. */
export interface Declaration {
  readonly type: string
  readonly properties: JsonRecord
  readonly condition: string | undefined
  readonly dependsOn: readonly string[]
}

/** A template document. */
export interface Document {
  readonly resources: ReadonlyMap<string, Declaration>
  readonly parameters: ReadonlyMap<string, JsonRecord>
  readonly conditions: JsonRecord
  readonly mappings: JsonRecord
  readonly outputs: ReadonlyMap<string, JsonRecord>
}

/** One stack of a cloud assembly. */
export interface Stack {
  readonly name: string
  readonly region: string
  readonly document: Document
  /** Asset directory or file by the key it would have in the assets bucket. */
  readonly assets: ReadonlyMap<string, string>
}

/** Reads the stacks of an assembly in the order they are deployed: each after those it depends on. */
export async function readStacks(assemblyDir: string): Promise<readonly Stack[]> {
  const manifest = await readJson(join(assemblyDir, 'manifest.json'))
  const artifacts = new Map(
    Object.entries(section(manifest, 'artifacts', 'manifest.json')).flatMap(([id, artifact]) =>
      isRecord(artifact) && artifact['type'] === 'aws:cloudformation:stack' ? [[id, artifact] as const] : [],
    ),
  )
  if (artifacts.size === 0)
    throw new LocalError('TEMPLATE_STACKS', `${assemblyDir}: expected a stack, got none`)
  const ordered: string[] = []
  const visit = (id: string): void => {
    const { dependencies = [] } = artifacts.get(id) ?? {}
    if (!artifacts.has(id) || ordered.includes(id)) return
    for (const needed of Array.isArray(dependencies) ? dependencies : []) visit(String(needed))
    ordered.push(id)
  }
  for (const id of artifacts.keys()) visit(id)
  return Promise.all(ordered.map((id) => readStack(assemblyDir, id, artifacts.get(id) ?? {})))
}

async function readStack(assemblyDir: string, id: string, artifact: JsonRecord): Promise<Stack> {
  const { templateFile, stackName } = section(artifact, 'properties', id)
  const file = typeof templateFile === 'string' ? templateFile : `${id}.template.json`
  // `aws://unknown-account/eu-north-1`
  const { environment } = artifact
  const [, named] = /^aws:\/\/[^/]*\/(.+)$/.exec(typeof environment === 'string' ? environment : '') ?? []
  return {
    name: typeof stackName === 'string' ? stackName : id,
    region: named === undefined || named === 'unknown-region' ? region : named,
    document: parseDocument(await readJson(join(assemblyDir, file)), file),
    assets: await readAssets(assemblyDir, `${basename(file, '.template.json')}.assets.json`),
  }
}

/** Checks a template's sections. */
export function parseDocument(template: JsonRecord, where = 'template'): Document {
  if ('Transform' in template) throw wrong(`${where}.Transform`, 'no macro', template['Transform'])
  const resources = new Map<string, Declaration>()
  for (const [id, value] of Object.entries(section(template, 'Resources', where))) {
    if (!isRecord(value) || typeof value['Type'] !== 'string')
      throw wrong(`${where}.${id}`, 'a resource with a Type', value)
    const { Type: type, Properties: properties = {}, Condition: condition, DependsOn: dependsOn = [] } = value
    if (!isRecord(properties)) throw wrong(`${where}.${id}.Properties`, 'an object', properties)
    resources.set(id, {
      type,
      properties,
      condition: typeof condition === 'string' ? condition : undefined,
      dependsOn: (Array.isArray(dependsOn) ? dependsOn : [dependsOn]).map(String),
    })
  }
  return {
    resources,
    parameters: records(template, 'Parameters', where),
    conditions: section(template, 'Conditions', where),
    mappings: section(template, 'Mappings', where),
    outputs: records(template, 'Outputs', where),
  }
}

async function readAssets(assemblyDir: string, file: string): Promise<ReadonlyMap<string, string>> {
  const manifest = await readJson(join(assemblyDir, file))
  const assets = new Map<string, string>()
  for (const asset of Object.values(section(manifest, 'files', file))) {
    if (!isRecord(asset) || !isRecord(asset['source']) || !isRecord(asset['destinations'])) continue
    const { path } = asset['source']
    for (const destination of Object.values(asset['destinations'])) {
      if (typeof path !== 'string' || !isRecord(destination)) continue
      assets.set(String(destination['objectKey']), resolve(assemblyDir, path))
    }
  }
  return assets
}

async function readJson(path: string): Promise<JsonRecord> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new LocalError('TEMPLATE_MISSING', `${path}: expected a file of a cloud assembly, got none`, {
      cause,
    })
  })
  const value: unknown = JSON.parse(text)
  if (!isRecord(value)) throw wrong(path, 'a JSON object', value)
  return value
}

function section(template: JsonRecord, name: string, where: string): JsonRecord {
  const value = template[name] ?? {}
  if (!isRecord(value)) throw wrong(`${where}.${name}`, 'an object', value)
  return value
}

function records(template: JsonRecord, name: string, where: string): ReadonlyMap<string, JsonRecord> {
  const entries = Object.entries(section(template, name, where))
  return new Map(entries.map(([id, value]) => (isRecord(value) ? [id, value] : [id, {}])))
}

function wrong(where: string, expected: string, got: unknown): LocalError {
  const shown = JSON.stringify(got)?.slice(0, 120)
  return new LocalError('TEMPLATE_MALFORMED', `${where}: expected ${expected}, got ${shown}`)
}
