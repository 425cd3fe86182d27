/**
 * FairPlay's request: an SPC with the IDs of its assets beside it. The SPC also contains an ID, which only the licence
 * server can decrypt; it is told the content and keys the token was checked for, and must find the same.
 */
import { HeadendError } from '../../errors.ts'
import { base64Bytes } from '../../formats/base64.ts'
import { readSpc } from '../../formats/fairplay/index.ts'
import { readSkdUri } from '../../formats/pssh/index.ts'
import { flatJson } from './flat-json.ts'
import type { MediaType } from './media-type.ts'
import type { Challenge, LicenceRequest } from './ports.ts'

/** Parses a form, JSON, or a bare SPC with the asset ID in the query. */
export function fairPlayChallenge(
  { body, query }: Pick<LicenceRequest, 'query' | 'body'>,
  { name, charset = 'utf-8' }: MediaType,
): Challenge {
  if (charset !== 'utf-8' && charset !== 'utf8') throw refused(`expected charset utf-8, got ${charset}`)
  const ids = [...new URLSearchParams(query).getAll('assetId')]
  if (name === formType) ids.push(...fieldsIds([...new URLSearchParams(formText(body))]))
  else if (name === jsonType) ids.push(...fieldsIds(flatJson(utf8(body))))
  else if (name === '' || name === 'application/octet-stream') readSpc(body)
  else throw refused(`expected ${formType}, ${jsonType} or application/octet-stream, got ${name}`)
  if (ids.length === 0) throw refused('expected assetId beside the SPC, the URI of the key in the manifest')
  const assets = ids.map(assetOf)
  return {
    kids: assets.map(({ kid }) => kid.replaceAll('-', '')),
    contents: assets.map(({ content }) => content),
  }
}

const formType = 'application/x-www-form-urlencoded'
const jsonType = 'application/json'

/**
 * The asset IDs among the fields; an unknown field is refused, since a server that knows it might read another asset in
 * it.
 */
function fieldsIds(fields: readonly (readonly [string, unknown])[]): string[] {
  const ids: string[] = []
  let spcs = 0
  for (const [name, value] of fields) {
    if (typeof value !== 'string') throw refused(`expected text in each field, got ${typeof value}`)
    const known = name.toLowerCase().replaceAll(/[_-]/g, '')
    if (known === 'assetid') ids.push(value)
    else if (known !== 'spc') throw refused('expected the fields spc and assetId, got another')
    else {
      spcs++
      // Many forms send base64 with its + unescaped, which decodes to a space.
      const bytes = base64Bytes(value.replaceAll(' ', '+').replaceAll('-', '+').replaceAll('_', '/'), 'spc')
      if (bytes.length === 0) throw refused('expected an SPC in base64, got nothing')
    }
  }
  if (spcs !== 1) throw refused(`expected one field spc, got ${spcs}`)
  return ids
}

function assetOf(id: string): { readonly kid: string; readonly content: string } {
  const asset = readSkdUri(id)
  if (!asset)
    throw refused('expected assetId skd://<content>?kid=<key id>, as the manifest has it, got another')
  return { kid: asset.kid, content: decoded(asset.contentPath) }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch (cause) {
    throw new HeadendError('LICENCE_CHALLENGE', 'expected an assetId whose escapes are UTF-8', { cause })
  }
}

/** Some servers treat `;` as `&` and take malformed escapes literally: both are refused. */
function formText(body: Uint8Array): string {
  const form = utf8(body)
  if (form.includes(';') || /%(?![\da-f]{2})/i.test(form))
    throw refused('expected a form whose escapes are whole')
  return form
}

function utf8(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch (cause) {
    throw new HeadendError('LICENCE_CHALLENGE', 'expected UTF-8', { cause })
  }
}

const refused = (text: string): HeadendError => new HeadendError('LICENCE_CHALLENGE', text)
