/** Rules of video tracks: sample entry, colours, shape, and what stands in the pictures (ISO/IEC 23000-19 9, 14496-15). */
import { type Atom, fields, uint, word } from './boxes.ts'
import type { Findings } from './clauses.ts'
import { partsOf } from './codec-string.ts'
import type { CmafHeader } from './init-rules.ts'
import { type CmafFragment, type CmafSample, nonSync } from './segment-rules.ts'

const configurations: Readonly<Record<string, string>> = {
  avc1: 'avcC',
  avc3: 'avcC',
  hvc1: 'hvcC',
  hev1: 'hvcC',
  av01: 'av1C',
  vp09: 'vpcC',
}

/** Judges the sample entry of pictures. */
export function videoEntryRules({ entry, handler }: CmafHeader, findings: Findings): void {
  const want = findings.want.bind(findings)
  const [width, height] = [uint(entry, 24, 2), uint(entry, 26, 2)]
  const usual = uint(entry, 28, 4) === 0x480000 && uint(entry, 32, 4) === 0x480000 && uint(entry, 40, 2) === 1
  want(width > 0 && height > 0, 'video.entry', 'init', `a picture of ${width} x ${height}`)
  want(
    usual && uint(entry, 76, 2) === 0xffff,
    'video.entry',
    'init',
    'a resolution, frame count or depth of its own',
  )
  const parts = partsOf(entry, handler)
  const needed = configurations[entry.type]
  want(
    needed !== undefined && parts.has(needed),
    'video.configuration',
    'init',
    `${entry.type} without ${needed}`,
  )
  const [avcC, hvcC, colr, pasp] = ['avcC', 'hvcC', 'colr', 'pasp'].map((type) => parts.get(type))
  if (avcC) avcConfiguration(avcC, entry.type, findings)
  if (hvcC) hevcConfiguration(hvcC, entry.type, findings)
  if (colr)
    want(word(colr, 0) === 'nclx' && colr.bytes.length === 19, 'video.colr', 'init', `colr ${word(colr, 0)}`)
  if (pasp) want(uint(pasp, 0, 4) > 0 && uint(pasp, 4, 4) > 0, 'video.pasp', 'init', 'pasp with a side of 0')
}

/** `avc1` has its parameter sets here, and here alone; `avc3` may have them here as well. */
function avcConfiguration(avcC: Atom, type: string, findings: Findings): void {
  const want = (holds: boolean, why: string) => findings.want(holds, 'video.configuration', 'init', why)
  want(uint(avcC, 0, 1) === 1, 'avcC of another version')
  const sets: number[] = []
  let at = 5
  for (const mask of [31, 255]) {
    const count = uint(avcC, at++, 1) & mask
    sets.push(count)
    for (let i = 0; i < count; i++) at += 2 + uint(avcC, at, 2)
  }
  want(at <= avcC.bytes.length - avcC.body, 'avcC ends within a parameter set')
  const complete = type === 'avc3' || sets.every((count) => count > 0)
  findings.want(complete, 'sample.parameter-sets', 'init', `avc1 with ${sets.join(' and ')} parameter sets`)
  const sps = fields(avcC, 8, 12)
  const same = type === 'avc3' || sets[0] === 0 || [1, 2, 3].every((i) => sps[i] === uint(avcC, i, 1))
  want(same, 'avcC has another profile or level than its SPS')
}

function hevcConfiguration(hvcC: Atom, type: string, findings: Findings): void {
  const want = (holds: boolean, why: string) => findings.want(holds, 'video.configuration', 'init', why)
  const found = new Set<number>()
  let at = 23
  for (let left = uint(hvcC, 22, 1); left > 0; left--) {
    const kind = uint(hvcC, at, 1) & 63
    const count = uint(hvcC, at + 1, 2)
    if (count > 0) found.add(kind)
    at += 3
    for (let i = 0; i < count; i++) at += 2 + uint(hvcC, at, 2)
  }
  want(at <= hvcC.bytes.length - hvcC.body, 'hvcC ends within a parameter set')
  const complete = type === 'hev1' || [32, 33, 34].every((kind) => found.has(kind))
  findings.want(complete, 'sample.parameter-sets', 'init', 'hvc1 without VPS, SPS and PPS')
}

/** How a codec's NAL units are read. */
export interface NalReader {
  readonly lengthBytes: number
  readonly headerBytes: number
  readonly kind: (unit: Uint8Array) => number
  readonly isSlice: (kind: number) => boolean
  readonly isSync: (kind: number) => boolean
  readonly isParameterSet: (kind: number) => boolean
}

const avc: Omit<NalReader, 'lengthBytes'> = {
  headerBytes: 1,
  kind: (unit) => (unit[0] ?? 0) & 31,
  isSlice: (kind) => kind >= 1 && kind <= 5,
  isSync: (kind) => kind === 5,
  isParameterSet: (kind) => kind === 7 || kind === 8,
}
const hevc: Omit<NalReader, 'lengthBytes'> = {
  headerBytes: 2,
  kind: (unit) => ((unit[0] ?? 0) >> 1) & 63,
  isSlice: (kind) => kind >= 0 && kind < 32,
  isSync: (kind) => kind >= 16 && kind <= 23,
  isParameterSet: (kind) => kind >= 32 && kind <= 34,
}

/** Of the track's pictures; undefined where they are not in NAL units. */
export function nalReaderOf({
  entry,
  handler,
}: Pick<CmafHeader, 'entry' | 'handler'>): NalReader | undefined {
  if (handler !== 'vide') return undefined
  const parts = partsOf(entry, handler)
  const [avcC, hvcC] = [parts.get('avcC'), parts.get('hvcC')]
  return avcC
    ? { ...avc, lengthBytes: (uint(avcC, 4, 1) & 3) + 1 }
    : hvcC && { ...hevc, lengthBytes: (uint(hvcC, 21, 1) & 3) + 1 }
}

/** Judges the pictures themselves, where this judge can read them. */
export function pictureRules(
  { entry, handler }: CmafHeader,
  fragments: readonly CmafFragment[],
  findings: Findings,
): void {
  const units = nalReaderOf({ entry, handler })
  for (const { samples, where } of fragments) {
    if (units) for (const sample of samples) unitRules(units, entry.type, { sample, where }, findings)
    if (entry.type === 'vp09')
      for (const { bytes, flags } of samples) {
        const isKey = ((bytes[0] ?? 0) & 0x0c) === 0
        findings.want(
          isKey || (flags & nonSync) !== 0,
          'sample.sync',
          where,
          'a sync sample that is no key frame',
        )
      }
  }
}

function unitRules(
  { lengthBytes, kind, isSlice, isSync, isParameterSet }: NalReader,
  type: string,
  { sample, where }: { readonly sample: CmafSample; readonly where: string },
  findings: Findings,
): void {
  const { bytes } = sample
  const kinds: number[] = []
  let at = 0
  while (at + lengthBytes <= bytes.length) {
    let length = 0
    for (const byte of bytes.subarray(at, at + lengthBytes)) length = length * 256 + byte
    at += lengthBytes
    if (length > 0) kinds.push(kind(bytes.subarray(at, at + 2)))
    at += length
  }
  findings.want(at === bytes.length, 'sample.nal', where, `NAL units end at ${at} of ${bytes.length} bytes`)
  if (at !== bytes.length) return
  const slice = kinds.find(isSlice)
  const flagged = (sample.flags & nonSync) === 0
  findings.want(
    slice === undefined || isSync(slice) === flagged,
    'sample.sync',
    where,
    `slice ${slice} flagged ${flagged ? 'sync' : 'not sync'}`,
  )
  const apart = type === 'avc1' || type === 'hvc1'
  findings.want(
    !apart || !kinds.some(isParameterSet),
    'sample.parameter-sets',
    where,
    `${type} with parameter sets in a sample`,
  )
}
