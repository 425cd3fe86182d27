/** Combines a track's sample tables (ISO/IEC 14496-12 8.5 to 8.7) in typed arrays: 24 bytes a sample. */
import { HeadendError } from '../../errors.ts'
import { type Box, children, need } from './box.ts'
import { readCo64 } from './co64.ts'
import { readCtts } from './ctts.ts'
import { readRandomAccess, readRollDistance } from './random-access.ts'
import type { Repair } from './repair.ts'
import { readStco } from './stco.ts'
import { type ChunkRuns, readStsc } from './stsc.ts'
import { readStsz } from './stsz.ts'
import { readStts } from './stts.ts'
import { readStz2 } from './stz2.ts'

/** All samples of a track in decoding order. */
export interface SampleTable {
  readonly count: number
  readonly sizes: Uint32Array
  /** File offset of each sample. */
  readonly offsets: Float64Array
  /** One more than there are samples: the last is the end. In the track's timescale. */
  readonly decodeTimes: Float64Array
  /** Presentation minus decode time; absent if always 0. */
  readonly compositionOffsets?: Int32Array
  /** 1 for each sync sample; absent if all are. */
  readonly sync?: Uint8Array
  /** Runs of samples with the same sample entry; neighbours differ. */
  readonly descriptions: readonly DescriptionRun[]
  /** The number of samples, counted backwards, that a decoder needs before the target sample (`roll`); audio. */
  readonly rollDistance?: number
  /** Errors in the tables, and the values used instead. */
  readonly repairs?: readonly Repair[]
}

/** From sample `from` on, samples are described by entry `description` (from 1). */
export interface DescriptionRun {
  readonly from: number
  readonly description: number
}

/** Each run is an init segment and a discontinuity; a table that changes with every chunk is refused. */
const maxDescriptionRuns = 1000

/** Adds a run unless it has the same description as the last one. */
export function addDescription(runs: DescriptionRun[], run: DescriptionRun): void {
  if (runs.at(-1)?.description === run.description) return
  if (runs.length === maxDescriptionRuns)
    throw new HeadendError(
      'MP4_DESCRIPTIONS_MANY',
      `stsc: expected at most ${maxDescriptionRuns} changes of the sample description, got more at sample ${run.from + 1}`,
    )
  runs.push(run)
}

/** Reads the tables of an `stbl`; throws MP4_TRUNCATED if samples lie beyond the file's `fileBytes`. */
export function readSampleTable(stbl: Box, fileBytes: number): SampleTable {
  const tables = children(stbl)
  const stz2 = tables.get('stz2')
  const allSizes =
    stz2 && !tables.has('stsz') ? readStz2(stz2) : readStsz(need(tables, 'stsz', stbl), fileBytes)
  const co64 = tables.get('co64')
  const chunks = co64 ? readCo64(co64) : readStco(need(tables, 'stco', stbl))
  const runs = readStsc(need(tables, 'stsc', stbl))
  const ctts = tables.get('ctts')
  const stss = tables.get('stss')
  const rollDistance = readRollDistance(stbl)
  const repairs: Repair[] = []
  const { count, offsets, descriptions } = place({
    sizes: allSizes,
    chunks,
    runs,
    fileBytes,
    at: stbl.at,
    repairs,
  })
  return {
    count,
    sizes: allSizes.subarray(0, count),
    offsets,
    decodeTimes: readStts(need(tables, 'stts', stbl), count, repairs),
    ...(ctts && { compositionOffsets: readCtts(ctts, count, repairs) }),
    ...(stss && { sync: readRandomAccess(stbl, stss, count) }),
    descriptions,
    ...(rollDistance && { rollDistance }),
    ...(repairs.length > 0 && { repairs }),
  }
}

/** The number of samples the tables declare, determined without allocating any. */
export function countSamples(stbl: Box): number {
  const tables = children(stbl)
  const box = tables.get('stsz') ?? tables.get('stz2')
  if (!box) return 0
  const { body } = box
  body.skip(4 + 4)
  return body.u32()
}

interface Chunks {
  readonly sizes: Uint32Array
  readonly chunks: Float64Array
  readonly runs: ChunkRuns
  readonly fileBytes: number
  readonly at: number
  readonly repairs: Repair[]
}

/** The number and share of samples that may lack a position: a miscount in the tables, not a truncated file. */
const maxPlaceless = 16
const maxPlacelessShare = 0.01

/** Computes sample offsets: in each chunk samples are contiguous. */
function place({
  sizes,
  chunks,
  runs,
  fileBytes,
  at,
  repairs,
}: Chunks): Pick<SampleTable, 'count' | 'offsets' | 'descriptions'> {
  const offsets = new Float64Array(sizes.length)
  const descriptions: DescriptionRun[] = []
  let sample = 0
  let furthest = 0
  let bytes = 0
  for (let run = 0; run < runs.count; run++) {
    const until = Math.min(chunks.length + 1, runs.first[run + 1] ?? chunks.length + 1)
    const description = runs.descriptions[run] ?? 0
    for (let chunk = runs.first[run] ?? 0; chunk < until && sample < sizes.length; chunk++) {
      let offset = chunks[chunk - 1] ?? 0
      const end = Math.min(sizes.length, sample + (runs.samples[run] ?? 0))
      if (end > sample) addDescription(descriptions, { from: sample, description })
      for (; sample < end; sample++) {
        offsets[sample] = offset
        offset += sizes[sample] ?? 0
        bytes += sizes[sample] ?? 0
      }
      if (offset > furthest) furthest = offset
    }
  }
  if (sample < sizes.length) {
    const disagree = `stbl: expected chunks for ${sizes.length} samples, got chunks for ${sample} at ${at}`
    if (sample === 0 || sizes.length - sample > Math.max(maxPlaceless, sizes.length * maxPlacelessShare))
      throw new HeadendError('MP4_TABLES_DISAGREE', disagree)
    repairs.push({ code: 'MP4_TABLES_DISAGREE', reason: `${disagree}; the last ones are left out` })
  }
  if (furthest > fileBytes)
    throw new HeadendError(
      'MP4_TRUNCATED',
      `samples reach to byte ${furthest}, the file ends at ${fileBytes}; it was cut off, upload it again`,
    )
  // A few bytes referenced a thousand times would be delivered a thousand times.
  if (bytes > fileBytes)
    throw new HeadendError(
      'MP4_SAMPLES_OVERLAP',
      `stbl: expected samples that lie beside one another, got ${bytes} bytes of them in a file of ${fileBytes} at ${at}`,
    )
  return { count: sample, offsets: offsets.subarray(0, sample), descriptions }
}
