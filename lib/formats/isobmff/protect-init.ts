/** Converts a clear init segment to a protected one: wraps its sample entry and adds `pssh` boxes, nothing else. */
import type { Scheme } from '../cenc/subsamples.ts'
import { type Box, boxes } from './box.ts'
import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import { protectEntry } from './sinf.ts'
import { readStsd } from './stsd.ts'
import type { TrackEncryption } from './tenc.ts'

/** The protection of a track, with the data for its DRM systems. */
export interface InitProtection extends TrackEncryption {
  readonly type: 'video' | 'audio' | 'text'
  readonly scheme: Scheme
  /** Whole boxes, written at the end of `moov`. */
  readonly pssh: readonly Uint8Array[]
}

const onTheWay = new Set(['trak', 'mdia', 'minf', 'stbl'])

/** `init` is one of ours: one track, one sample entry. */
export function protectInit(init: Uint8Array, protection: InitProtection): Uint8Array {
  const to = new ByteWriter(init.length + 1024)
  for (const box of boxes(new ByteReader(init, 0, 'init segment'))) {
    if (box.type !== 'moov') to.bytes(box.raw)
    else
      to.box('moov', () => {
        for (const child of boxes(box.body)) copy(to, child, protection)
        for (const pssh of protection.pssh) to.bytes(pssh)
      })
  }
  return to.written
}

function copy(to: ByteWriter, box: Box, protection: InitProtection): void {
  if (onTheWay.has(box.type))
    to.box(box.type, () => {
      for (const child of boxes(box.body)) copy(to, child, protection)
    })
  else if (box.type === 'stsd')
    to.fullBox('stsd', 0, 0, () => {
      const entries = readStsd(box)
      to.u32(entries.length)
      for (const { raw } of entries) to.bytes(protectEntry(raw, protection.type, protection))
    })
  else to.bytes(box.raw)
}
