/** Changes one box within others and mends the sizes around it, so that a judge can be shown broken files. */
import { entryFields } from '../cmaf/codec-string.ts'

/** What becomes of a box's payload; undefined takes the box away. */
export type Change = (payload: Buffer) => Uint8Array | undefined

const fields: Readonly<Record<string, number>> = { stsd: 8, dref: 8 }
const entries: Readonly<Record<string, number>> = {
  avc1: entryFields['vide'] ?? 0,
  hvc1: entryFields['vide'] ?? 0,
  mp4a: entryFields['soun'] ?? 0,
  encv: entryFields['vide'] ?? 0,
  enca: entryFields['soun'] ?? 0,
  wvtt: 8,
}

/** `path` is `moov/trak/tkhd`; of several boxes of one type the first. */
export function rebox(bytes: Uint8Array, path: string, change: Change): Buffer {
  const [wanted, ...rest] = path.split('/')
  const parts: Uint8Array[] = []
  let found = false
  const source = Buffer.from(bytes)
  for (let at = 0; at < source.length; ) {
    const size = source.readUInt32BE(at)
    const type = source.toString('latin1', at + 4, at + 8)
    const payload = source.subarray(at + 8, at + size)
    const isIt = type === wanted && !found
    const changed = !isIt
      ? payload
      : rest.length === 0
        ? change(Buffer.from(payload))
        : inside(type, payload, rest, change)
    if (isIt) found = true
    if (changed) parts.push(boxOf(type, changed))
    at += size
  }
  if (!found) throw new Error(`no ${wanted} to change`)
  return Buffer.concat(parts)
}

function inside(type: string, payload: Buffer, rest: readonly string[], change: Change): Buffer {
  const before = fields[type] ?? entries[type] ?? 0
  return Buffer.concat([payload.subarray(0, before), rebox(payload.subarray(before), rest.join('/'), change)])
}

/** One box. */
export function boxOf(type: string, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(8)
  header.writeUInt32BE(8 + payload.length)
  header.write(type, 4, 'latin1')
  return Buffer.concat([header, payload])
}

/** Writes a number of 1, 2 or 4 bytes into a payload. */
export const put =
  (at: number, value: number, size: 1 | 2 | 4 = 4): Change =>
  (payload) => {
    payload.writeUIntBE(value, at, size)
    return payload
  }

/** Takes the box away. */
export const away: Change = () => undefined

/** Puts something behind what is there. */
export const behind =
  (more: Uint8Array): Change =>
  (payload) =>
    Buffer.concat([payload, more])
