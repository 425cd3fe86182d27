/** ProtectionSchemeInfoBox and the sample entry that contains it (ISO/IEC 14496-12 8.12, 23001-7 4.1). */
import type { Scheme } from '../cenc/subsamples.ts'
import { ByteWriter } from './byte-writer.ts'
import { type TrackEncryption, writeTenc } from './tenc.ts'

/** Converts a clear sample entry, with its header, to `encv`, `enca` or `enct`. */
export function protectEntry(
  entry: Uint8Array,
  type: 'video' | 'audio' | 'text',
  { scheme, ...encryption }: TrackEncryption & { readonly scheme: Scheme },
): Uint8Array {
  const to = new ByteWriter(entry.length + 160)
  to.box(type === 'video' ? 'encv' : type === 'audio' ? 'enca' : 'enct', () => {
    to.bytes(entry.subarray(8))
    to.box('sinf', () => {
      to.box('frma', () => to.bytes(entry.subarray(4, 8)))
      to.fullBox('schm', 0, 0, () => {
        to.latin1(scheme)
        to.u32(0x10000)
      })
      to.box('schi', () => writeTenc(to, encryption))
    })
  })
  return to.written
}
