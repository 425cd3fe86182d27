/** Key ids as DRM systems find them in what manifests say; nothing of `lib/formats` is used. */

/** A `pssh` box as a licence client takes it (ISO/IEC 23001-7 8.1). */
export interface ReadPssh {
  /** As in URNs. */
  readonly systemId: string
  readonly data: Buffer
  /** 32 hex digits each. */
  readonly kids: readonly string[]
}

export const widevine = 'edef8ba9-79d6-4ace-a3c8-27dcd51d21ed'
export const playReady = '9a04f079-9840-4286-ab92-e65be0885f95'

/** The one box a base64 text is; undefined where it is none, or more than one. */
export function psshOf(text: string): ReadPssh | undefined {
  const bytes = bytesOf(text)
  if (!bytes || bytes.length < 32 || bytes.readUInt32BE() !== bytes.length) return undefined
  if (bytes.toString('latin1', 4, 8) !== 'pssh') return undefined
  const id = bytes.toString('hex', 12, 28)
  const systemId = id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  const count = bytes[8] === 1 ? bytes.readUInt32BE(28) : 0
  const at = 28 + (bytes[8] === 1 ? 4 + 16 * count : 0)
  if (at + 4 > bytes.length || at + 4 + bytes.readUInt32BE(at) !== bytes.length) return undefined
  const data = bytes.subarray(at + 4)
  const listed = Array.from({ length: count }, (_, i) => bytes.toString('hex', 32 + 16 * i, 48 + 16 * i))
  const own = systemId === widevine ? widevineKids(data) : systemId === playReady ? playReadyKids(data) : []
  return { systemId, data, kids: [...new Set([...listed, ...own])] }
}

/** Bytes of a base64 text in its one proper spelling. */
export function bytesOf(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}

/** WidevinePsshData: key ids are field 2. */
function widevineKids(data: Buffer): string[] {
  const kids: string[] = []
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = data[at++] ?? 0
      value += (byte & 127) * 2 ** shift
      if (byte < 128) return value
    }
  }
  while (at < data.length) {
    const tag = varint()
    const length = varint()
    if ((tag & 7) !== 2) continue
    if (tag >> 3 === 2) kids.push(data.toString('hex', at, at + length))
    at += length
  }
  return kids
}

/** PlayReady Object: records of UTF-16 text, key ids in the byte order of a GUID (PlayReady Header Specification). */
export function playReadyKids(object: Buffer): string[] {
  if (object.length < 10 || object.readUInt32LE() !== object.length) return []
  const text = object.toString('utf16le', 10, 10 + object.readUInt16LE(8))
  return [...text.matchAll(/<KID\b[^>]*?(?:VALUE="([^"]+)"[^>]*>|>([^<]+)<)/g)].flatMap(
    ([, value, inner]) => {
      const guid = Buffer.from(value ?? inner ?? '', 'base64')
      if (guid.length !== 16) return []
      guid.subarray(0, 4).reverse()
      guid.subarray(4, 6).reverse()
      guid.subarray(6, 8).reverse()
      return [guid.toString('hex')]
    },
  )
}
