/** The sample tables of a track joined into one (ISO/IEC 14496-12 8.5 to 8.7), in typed arrays: 24 bytes a sample. */
import { HeadendError } from '../../errors.ts'
import { type Box, children, need } from './box.ts'
import { readCo64 } from './co64.ts'
import { readCtts } from './ctts.ts'
import { readStco } from './stco.ts'
import { type ChunkRun, readStsc } from './stsc.ts'
import { readStss } from './stss.ts'
import { readStsz } from './stsz.ts'
import { readStts } from './stts.ts'
import { readStz2 } from './stz2.ts'

/** All samples of a track in decoding order. */
export interface SampleTable {
  readonly count: number
  readonly sizes: Uint32Array
  /** Where each sample starts in the file. */
  readonly offsets: Float64Array
  /** One more than samples: the last is the end. In the track's timescale. */
  readonly decodeTimes: Float64Array
  /** Presentation minus decode time; absent where always 0. */
  readonly compositionOffsets?: Int32Array
  /** 1 for each sync sample; absent where all are. */
  readonly sync?: Uint8Array
  /** Which sample entries are used, from 1. */
  readonly descriptions: readonly number[]
}

/** Reads the tables of an `stbl`; throws MP4_TRUNCATED where samples lie beyond the file's `fileBytes`. */
export function readSampleTable(stbl: Box, fileBytes: number): SampleTable {
  const tables = children(stbl)
  const stz2 = tables.get('stz2')
  const sizes = stz2 && !tables.has('stsz') ? readStz2(stz2) : readStsz(need(tables, 'stsz', stbl), fileBytes)
  const count = sizes.length
  const co64 = tables.get('co64')
  const chunks = co64 ? readCo64(co64) : readStco(need(tables, 'stco', stbl))
  const runs = readStsc(need(tables, 'stsc', stbl))
  const ctts = tables.get('ctts')
  const stss = tables.get('stss')
  const { offsets, descriptions } = place({ sizes, chunks, runs, fileBytes, at: stbl.at })
  return {
    count,
    sizes,
    offsets,
    decodeTimes: readStts(need(tables, 'stts', stbl), count),
    ...(ctts && { compositionOffsets: readCtts(ctts, count) }),
    ...(stss && { sync: readStss(stss, count) }),
    descriptions,
  }
}

interface Chunks {
  readonly sizes: Uint32Array
  readonly chunks: Float64Array
  readonly runs: readonly ChunkRun[]
  readonly fileBytes: number
  readonly at: number
}

/** Lays the samples into their chunks one behind the other. */
function place({
  sizes,
  chunks,
  runs,
  fileBytes,
  at,
}: Chunks): Pick<SampleTable, 'offsets' | 'descriptions'> {
  const offsets = new Float64Array(sizes.length)
  const descriptions = new Set<number>()
  let sample = 0
  let furthest = 0
  for (const [index, run] of runs.entries()) {
    const until = Math.min(chunks.length + 1, runs[index + 1]?.first ?? chunks.length + 1)
    for (let chunk = run.first; chunk < until && sample < sizes.length; chunk++) {
      let offset = chunks[chunk - 1] ?? 0
      const end = Math.min(sizes.length, sample + run.samples)
      if (end > sample) descriptions.add(run.description)
      for (; sample < end; sample++) {
        offsets[sample] = offset
        offset += sizes[sample] ?? 0
      }
      if (offset > furthest) furthest = offset
    }
  }
  if (sample < sizes.length)
    throw new HeadendError(
      'MP4_TABLES_DISAGREE',
      `stbl: expected chunks for ${sizes.length} samples, got chunks for ${sample} at ${at}`,
    )
  if (furthest > fileBytes)
    throw new HeadendError(
      'MP4_TRUNCATED',
      `samples reach to byte ${furthest}, the file ends at ${fileBytes}; it was cut off, upload it again`,
    )
  return { offsets, descriptions: [...descriptions] }
}
