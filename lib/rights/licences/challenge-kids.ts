/**
 * Which keys a DRM's challenge asks for, as far as it says so in the clear: so that a token for one title does not get
 * licences for another from a licence server that trusts us.
 */
import { HeadendError } from '../../errors.ts'
import { readPssh, readWidevine, readWrmHeader, SYSTEM, skdKid } from '../../formats/pssh/index.ts'
import { protobufFields } from '../../formats/pssh/protobuf.ts'
import type { DrmSystem } from '../protection/policy.ts'

/** Kids, 32 hex digits each; none where the challenge names none that can be read. */
export function challengeKids(system: DrmSystem, body: Uint8Array, contentType = ''): string[] {
  const read = readers[system]
  try {
    const kids = read?.(body, contentType) ?? []
    return [...new Set(kids.map((kid) => kid.replaceAll('-', '').toLowerCase()))]
  } catch (error) {
    // What is no challenge to us may be one to the licence server, which judges it.
    if (error instanceof HeadendError) return []
    throw error
  }
}

type Reader = (body: Uint8Array, contentType: string) => readonly string[]

const readers: Partial<Record<DrmSystem, Reader>> = {
  widevine: widevineKids,
  playready: playReadyKids,
  fairplay: fairPlayKids,
}

/** SignedMessage.msg, LicenseRequest.content_id, then widevine_pssh_data or init_data (license_protocol.proto). */
function widevineKids(body: Uint8Array): readonly string[] {
  const [request] = messages(body, 2)
  const [content] = request ? messages(request, 2) : []
  if (!content) return []
  const data = messages(content, 1).flatMap((pssh) => messages(pssh, 1))
  const boxes = messages(content, 4).flatMap((init) => messages(init, 2).flatMap(readPssh))
  const own = boxes.filter(({ systemId }) => systemId === SYSTEM.widevine)
  return [
    ...[...data, ...own.map((box) => box.data)].flatMap((one) => readWidevine(one).keyIds),
    ...boxes.flatMap(({ kids }) => kids),
  ]
}

/** Values of a length-delimited field. */
const messages = (bytes: Uint8Array, number: number): Uint8Array[] =>
  protobufFields(bytes, 'Widevine challenge').flatMap((field) =>
    field.number === number && typeof field.value !== 'number' ? [field.value] : [],
  )

const headerEnd = '</WRMHEADER>'

/** The header stands in the SOAP body as markup (PlayReady licence acquisition, ContentHeader). */
function playReadyKids(body: Uint8Array): readonly string[] {
  const text = new TextDecoder().decode(body)
  const kids: string[] = []
  let from = text.indexOf('<WRMHEADER')
  while (from >= 0) {
    const end = text.indexOf(headerEnd, from)
    if (end < 0) break
    kids.push(...readWrmHeader(text.slice(from, end + headerEnd.length)).kids.map(({ kid }) => kid))
    from = text.indexOf('<WRMHEADER', end)
  }
  return kids
}

/** An SPC is sealed; where the player sends the asset's id beside it, that names the key. */
function fairPlayKids(body: Uint8Array, contentType: string): readonly string[] {
  const text = new TextDecoder().decode(body)
  const id = contentType.startsWith('application/x-www-form-urlencoded')
    ? new URLSearchParams(text).get('assetId')
    : contentType.startsWith('application/json')
      ? assetIdIn(text)
      : undefined
  const kid = id ? skdKid(id.startsWith('skd://') ? id : `skd://${id}`) : undefined
  return kid === undefined ? [] : [kid]
}

function assetIdIn(text: string): string | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  const id = typeof value === 'object' && value !== null && 'assetId' in value ? value.assetId : undefined
  return typeof id === 'string' ? id : undefined
}
