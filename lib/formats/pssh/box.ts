/** ProtectionSystemSpecificHeaderBox (ISO/IEC 23001-7 8.1): a DRM system's data about a file's keys. */
import { HeadendError } from '../../errors.ts'
import { boxes, shown, versionAndFlags } from '../isobmff/box.ts'
import { ByteReader } from '../isobmff/byte-reader.ts'
import { ByteWriter } from '../isobmff/byte-writer.ts'
import { uuidBytes, uuidText } from '../uuid.ts'

/** One box. Version 0 has no key ids of its own; `data` is defined by the system. */
export interface PsshBox {
  readonly version: 0 | 1
  readonly flags: number
  readonly systemId: string
  /** UUIDs, in file order. */
  readonly kids: readonly string[]
  readonly data: Uint8Array
  /** Undefined bytes after the data within the box; kept. */
  readonly rest?: Uint8Array
}

/** Parses concatenated boxes: one pssh, or several as in init segments and EME. */
export function readPssh(bytes: Uint8Array): PsshBox[] {
  if (bytes.length > MAX_BYTES)
    throw new HeadendError('PSSH_SIZE', `pssh: expected at most ${MAX_BYTES} bytes, got ${bytes.length}`)
  const reader = new ByteReader(bytes, 0, 'pssh')
  const found: PsshBox[] = []
  for (const { type, at, body } of boxes(reader)) {
    if (type !== 'pssh')
      throw new HeadendError('PSSH_TYPE', `expected a pssh box, got ${shown(type)} at ${at}`)
    found.push(readBody(body))
  }
  if (found.length === 0 || reader.left > 0)
    throw new HeadendError(
      'PSSH_TRUNCATED',
      `expected a pssh box, got ${reader.left} bytes at ${reader.position} that hold none`,
    )
  return found
}

/** The box as bytes; its kids are only written in version 1. */
export function writePssh(box: PsshBox): Uint8Array {
  const { version, flags, systemId, kids, data, rest } = box
  if (version === 0 && kids.length > 0)
    throw new HeadendError('PSSH_VERSION', `pssh: expected version 1 for ${kids.length} key ids, got 0`)
  const to = new ByteWriter(32 + 4 + 16 * kids.length + data.length + (rest?.length ?? 0))
  to.fullBox('pssh', version, flags, () => {
    to.bytes(uuidBytes(systemId, 'pssh SystemID'))
    if (version === 1) {
      to.u32(kids.length)
      for (const kid of kids) to.bytes(uuidBytes(kid, 'pssh KID'))
    }
    to.u32(data.length)
    to.bytes(data)
    if (rest) to.bytes(rest)
  })
  return to.written
}

function readBody(body: ByteReader): PsshBox {
  const { version, flags } = versionAndFlags(body)
  if (version !== 0 && version !== 1) body.fail('PSSH_VERSION', `expected version 0 or 1, got ${version}`)
  const systemId = uuidText(body.take(16))
  const kids: string[] = []
  if (version === 1) {
    const count = body.u32()
    const { left } = body
    if (count * 16 > left) body.fail('PSSH_TRUNCATED', `${count} key ids declared, ${left} bytes left`)
    for (let i = 0; i < count; i++) kids.push(uuidText(body.take(16)))
  }
  const size = body.u32()
  if (size > body.left) body.fail('PSSH_TRUNCATED', `${size} bytes of data declared, ${body.left} left`)
  const data = body.take(size)
  const box = { version, flags, systemId, kids, data } as const
  return body.left > 0 ? { ...box, rest: body.take(body.left) } : box
}

/** Larger than any system's data; PlayReady's own limit is 15 KB. */
const MAX_BYTES = 1024 * 1024
