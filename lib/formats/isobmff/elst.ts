/** EditListBox (ISO/IEC 14496-12 8.6.6): the presentation times of parts of the media. */
import { type Box, versionAndFlags } from './box.ts'
import type { ByteWriter } from './byte-writer.ts'

/** One edit. */
export interface Edit {
  /** In the movie's timescale; 0 in a fragmented file means "all of it". */
  readonly duration: number
  /** In the track's timescale; -1 is an empty edit of `duration`. */
  readonly mediaTime: number
  /** 16.16 fixed point; 0x10000 is normal speed, 0 holds a frame. */
  readonly rate: number
}

/** More edits than a person would make. */
const maxEdits = 2 ** 16

/** Reads versions 0 and 1. */
export function readElst({ body }: Box): Edit[] {
  const { version } = versionAndFlags(body)
  const count = body.u32()
  const entryBytes = version === 1 ? 20 : 12
  if (count * entryBytes > body.left)
    body.fail('MP4_COUNT_RANGE', `${count} edits declared, ${body.left} bytes left`)
  if (count > maxEdits) body.fail('MP4_EDITS_MANY', `expected at most ${maxEdits} edits, got ${count}`)
  return Array.from({ length: count }, () => ({
    duration: version === 1 ? body.u64() : body.u32(),
    mediaTime: version === 1 ? body.i64() : body.i32(),
    rate: body.i32(),
  }))
}

/** Writes version 1. */
export function writeElst(to: ByteWriter, edits: readonly Edit[]): void {
  to.fullBox('elst', 1, 0, () => {
    to.u32(edits.length)
    for (const edit of edits) {
      to.u64(edit.duration)
      to.i64(edit.mediaTime)
      to.i32(edit.rate)
    }
  })
}
