/** Rules of protected samples: what of them must be clear, and what must not (ISO/IEC 23001-7 9, 10, CMAF 8.2). */

import { type CounterRun, counterRun, sharedBlocks } from '../media/counter-blocks.ts'
import type { Findings } from './clauses.ts'
import type { CmafHeader } from './init-rules.ts'
import type { CmafProtection } from './protection-entry.ts'
import type { CmafFragment, CmafSample } from './segment-rules.ts'
import { type NalReader, nalReaderOf } from './video-rules.ts'

interface Place {
  readonly protection: CmafProtection
  readonly where: string
  readonly index: number
}

/** Judges samples as they leave, nothing deciphered. */
export function protectionRules(
  header: CmafHeader,
  fragments: readonly CmafFragment[],
  findings: Findings,
): void {
  const { protection, handler } = header
  if (!protection) return
  const units = nalReaderOf(header)
  const runs: CounterRun[] = []
  for (const { samples, where } of fragments)
    for (const [index, sample] of samples.entries()) {
      const place = { protection, where, index }
      subsampleRules(sample, place, findings)
      if (handler === 'soun') soundRules(sample, place, findings)
      if (units) nalRules(units, sample, place, findings)
      if (header.entry.type === 'av01') obuRules(sample, place, findings)
      const { iv } = sample.cover ?? {}
      if (iv) runs.push(counterRun(iv, guardedBytes(sample), `${where} sample ${index + 1}`))
    }
  const shared = sharedBlocks(runs)
  findings.want(
    shared === undefined,
    'protection.counter',
    shared?.[1].of ?? 'init',
    `shares counter blocks with ${shared?.[0].of}`,
  )
}

/** Bytes of a sample that are protected. */
export const guardedBytes = ({ bytes, cover }: Pick<CmafSample, 'bytes' | 'cover'>): number =>
  cover?.pairs ? cover.pairs.reduce((sum, [, guarded]) => sum + guarded, 0) : bytes.length

/** Ranges of a sample that are protected, empty ones left out. */
export function guardedRanges({
  bytes,
  cover,
}: Pick<CmafSample, 'bytes' | 'cover'>): readonly (readonly [from: number, to: number])[] {
  if (!cover?.pairs) return [[0, bytes.length]]
  let at = 0
  return cover.pairs.flatMap(([clear, guarded]) => {
    const from = at + clear
    at = from + guarded
    return guarded > 0 ? [[from, at] as const] : []
  })
}

function subsampleRules(
  { bytes, cover }: CmafSample,
  { where, index, protection }: Place,
  findings: Findings,
) {
  if (!cover?.pairs) return
  const total = cover.pairs.reduce((sum, [clear, guarded]) => sum + clear + guarded, 0)
  findings.want(
    total === bytes.length && cover.pairs.length > 0,
    'protection.subsamples',
    where,
    `subsamples of sample ${index + 1} cover ${total} of ${bytes.length} bytes`,
  )
  const odd = cover.pairs.find(([, guarded]) => guarded % 16 !== 0)
  findings.want(
    protection.scheme !== 'cenc' || odd === undefined,
    'protection.blocks',
    where,
    `${odd?.[1]} protected bytes in sample ${index + 1}`,
  )
}

/** Sound has nothing that must be read without a key. */
function soundRules({ cover }: CmafSample, { where, index }: Place, findings: Findings): void {
  findings.want(
    cover?.pairs === undefined,
    'protection.sound',
    where,
    `sample ${index + 1} of sound has subsamples`,
  )
}

/** More than any slice header or tile group header takes; what is longer and not protected was left open. */
const longHeader = 512

/** Lengths, NAL headers, parameter sets and messages are clear; each slice is protected from its data to its end. */
function nalRules(units: NalReader, sample: CmafSample, { where, index }: Place, findings: Findings): void {
  const want = findings.want.bind(findings)
  const ranges = [...guardedRanges(sample)]
  const { bytes } = sample
  const { lengthBytes, headerBytes, kind, isSlice } = units
  for (let at = 0; at + lengthBytes <= bytes.length; ) {
    const body = at + lengthBytes
    const end =
      body + Buffer.from(bytes.buffer, bytes.byteOffset + at, lengthBytes).readUIntBE(0, lengthBytes)
    const [next] = ranges
    const own = next && next[0] < end ? next : undefined
    if (own) ranges.shift()
    const type = end > body ? kind(bytes.subarray(body, body + 2)) : -1
    const of = `NAL unit of type ${type} in sample ${index + 1}`
    if (!isSlice(type)) want(own === undefined, 'protection.nal', where, `protected bytes in a ${of}`)
    else {
      // At least the header and the first syntax elements of the slice header stay.
      want(
        !own || (own[0] >= body + headerBytes + 1 && own[1] === end),
        'protection.nal',
        where,
        `${of} is protected from ${(own?.[0] ?? 0) - body} to ${(own?.[1] ?? 0) - body} of ${end - body} bytes`,
      )
      want(
        (own?.[0] ?? end) - body <= longHeader,
        'protection.slices',
        where,
        `${of} is clear for ${(own?.[0] ?? end) - body} bytes`,
      )
    }
    at = end
  }
  want(ranges.length === 0, 'protection.nal', where, `${ranges.length} protected ranges without a slice`)
}

const obu = { tileGroup: 4, frame: 6 }

/** AV1 binding 4.3: OBU headers and all but tiles are clear; tiles are protected to the end of their OBU. */
function obuRules(sample: CmafSample, { where, index }: Place, findings: Findings): void {
  const { bytes } = sample
  const ranges = [...guardedRanges(sample)]
  for (let at = 0; at < bytes.length; ) {
    const header = bytes[at] ?? 0
    const type = (header >> 3) & 15
    let body = at + 1 + ((header >> 2) & 1)
    let size = bytes.length - body
    if (header & 2) {
      size = 0
      for (let i = 0; i < 8; i++) {
        const byte = bytes[body++] ?? 0
        size += (byte & 127) * 2 ** (7 * i)
        if (byte < 128) break
      }
    }
    const end = body + size
    const own = ranges.filter(([from]) => from < end)
    ranges.splice(0, own.length)
    const of = `OBU of type ${type} in sample ${index + 1}`
    const isTiled = type === obu.tileGroup || type === obu.frame
    const inside = own.every(([from, to]) => from >= body && to <= end)
    const gaps = [...own.map(([from]) => from), end].map((from, i) => from - (own[i - 1]?.[1] ?? body))
    findings.want(
      end <= bytes.length && (own.length === 0 || (isTiled && inside && own.at(-1)?.[1] === end)),
      'protection.obu',
      where,
      `${of} from ${at} to ${end} is protected at ${own.map((range) => range.join('-')).join(' ')}`,
    )
    findings.want(
      !isTiled || gaps.every((clear) => clear <= longHeader),
      'protection.slices',
      where,
      `${of} is clear for ${Math.max(...gaps)} bytes`,
    )
    at = Math.max(end, at + 1)
  }
  findings.want(
    ranges.length === 0,
    'protection.obu',
    where,
    `${ranges.length} protected ranges without an OBU`,
  )
}
