/** `Custom::CDKBucketDeployment`: asset directories copied into a bucket, as CDK's own function does it. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { LocalError } from '../errors.ts'
import { isRecord, type JsonRecord, optionalText, text, textMap, texts } from '../json-input.ts'
import type { Resource, Template } from '../template/model.ts'
import { contentType } from './content-type.ts'
import { filtered } from './sync-filter.ts'

/** The bucket as a deployment writes to it. */
export interface DeploymentTarget {
  put(key: string, body: Buffer, headers: Readonly<Record<string, string>>): Promise<void>
  list(prefix: string): Promise<readonly string[]>
  remove(keys: readonly string[]): Promise<void>
}

/** Copies every source in order, a later file over an earlier one, then prunes what no source has. */
export async function deploy(
  template: Template,
  { id, properties }: Resource,
  target: DeploymentTarget,
): Promise<void> {
  const prefix = prefixOf(properties)
  const files = await gather(template, { id, properties })
  const headers = metadata(properties)
  const wanted = filtered([...files.keys()], properties)
  for (const path of wanted) {
    const type = contentType(path)
    const body = files.get(path) ?? Buffer.alloc(0)
    await target.put(prefix + path, body, { ...(type !== undefined && { 'content-type': type }), ...headers })
  }
  if (!said(properties, 'Prune', true)) return
  const kept = new Set(wanted.map((path) => prefix + path))
  const there = (await target.list(prefix)).map((key) => key.slice(prefix.length))
  const gone = filtered(there, properties).map((path) => prefix + path)
  await target.remove(gone.filter((key) => !kept.has(key)))
}

async function gather(
  template: Template,
  { id, properties }: Pick<Resource, 'id' | 'properties'>,
): Promise<ReadonlyMap<string, Buffer>> {
  if (!said(properties, 'Extract', true))
    throw new LocalError('DEPLOYMENT_EXTRACT', `${id}: Extract false is not known here`)
  const files = new Map<string, Buffer>()
  const markers = Array.isArray(properties['SourceMarkers']) ? properties['SourceMarkers'] : []
  const configs = Array.isArray(properties['SourceMarkersConfig']) ? properties['SourceMarkersConfig'] : []
  for (const [index, objectKey] of texts(properties, 'SourceObjectKeys').entries()) {
    const directory = template.asset(objectKey)
    if (directory === undefined || !(await stat(directory)).isDirectory()) {
      throw new LocalError('DEPLOYMENT_SOURCE', `${id}: ${objectKey} is no directory of this assembly`)
    }
    const replace = replacer(template, markers[index], configs[index])
    for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const path = join(entry.parentPath, entry.name)
      files.set(relative(directory, path).split(sep).join('/'), replace(await readFile(path)))
    }
  }
  return files
}

/**
 * Puts values that were not known at synthesis in place of their markers. A URL may be whole only then, when the
 * file itself has the `https://`, so it is here that it becomes one of this machine.
 */
function replacer(template: Template, markers: unknown, config: unknown): (bytes: Buffer) => Buffer {
  const values = Object.entries(isRecord(markers) ? markers : {})
  if (values.length === 0) return (bytes) => bytes
  const settings = isRecord(config) ? config : {}
  const encodings = textMap(settings, 'markerEncodings')
  const usual = said(settings, 'jsonEscape', false) ? 'UNQUOTED_JSON_VALUE' : 'LITERAL'
  return (bytes) => {
    // Byte for byte, whatever the file is.
    const replaced = values.reduce((content, [marker, value]) => {
      const encoded = Buffer.from(encode(value, encodings[marker] ?? usual)).toString('latin1')
      return content.replaceAll(Buffer.from(marker).toString('latin1'), () => encoded)
    }, bytes.toString('latin1'))
    return Buffer.from(template.localText(replaced), 'latin1')
  }
}

function encode(value: unknown, encoding: string): string {
  const json = JSON.stringify(value)
  switch (encoding) {
    case 'JSON_VALUE':
      return json
    case 'UNQUOTED_JSON_VALUE':
      return typeof value === 'string' ? json.slice(1, -1) : json
    case 'LITERAL':
      if (typeof value === 'string') return value
      break
  }
  throw new LocalError('DEPLOYMENT_MARKER', `marker value ${json}: not to be written as ${encoding}`)
}

/** As `aws s3 sync` writes below a prefix: with one slash between. */
function prefixOf(properties: JsonRecord): string {
  const prefix = optionalText(properties, 'DestinationBucketKeyPrefix') ?? ''
  return prefix === '' || prefix === '/' ? '' : `${prefix.replace(/\/+$/, '')}/`
}

function metadata(properties: JsonRecord): Readonly<Record<string, string>> {
  const own = Object.entries(textMap(properties, 'UserMetadata')).map(([name, value]) => [
    `x-amz-meta-${name.toLowerCase()}`,
    value,
  ])
  const system = Object.entries(textMap(properties, 'SystemMetadata')).map(([name, value]) => [
    name.toLowerCase(),
    value,
  ])
  return Object.fromEntries([...system, ...own])
}

/** Custom resources get their booleans as text. */
function said(properties: JsonRecord, name: string, usual: boolean): boolean {
  const value = properties[name]
  if (typeof value === 'boolean') return value
  return typeof value === 'string' ? value.toLowerCase() === 'true' : usual
}

/** The bucket a deployment writes to. */
export function deploymentBucket(resource: Resource): string {
  return text(resource.properties, 'DestinationBucketName')
}
