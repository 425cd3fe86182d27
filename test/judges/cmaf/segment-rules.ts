/** Rules of CMAF segments and fragments (ISO/IEC 23000-19 7.3.2, 7.3.3, 7.5.15 to 7.5.19). */
import { type Atom, atomsOf, brandsOf, child, flags, int, uint, version } from './boxes.ts'
import type { Findings } from './clauses.ts'
import type { CmafHeader } from './init-rules.ts'
import { type Cover, coversOf } from './protection-samples.ts'

/** One sample with its times in the track's ticks. */
export interface CmafSample {
  readonly decode: number
  /** Composition time; an edit list is not applied. */
  readonly shown: number
  readonly duration: number
  readonly flags: number
  /** As they leave: of a protected track, protected. */
  readonly bytes: Uint8Array
  /** What `senc` says of it. */
  readonly cover?: Cover
}

/** One fragment. */
export interface CmafFragment {
  /** Counted from 1. */
  readonly segment: number
  readonly where: string
  readonly decode: number
  /** Decode time of what follows. */
  readonly end: number
  readonly samples: readonly CmafSample[]
}

const usesDefault = { description: 2, duration: 8, size: 16, flags: 32 }
const runHas = {
  dataOffset: 1,
  firstFlags: 4,
  duration: 0x100,
  size: 0x200,
  flags: 0x400,
  composition: 0x800,
}
/** sample_is_non_sync_sample, and sample_depends_on: 2 for a picture of its own (BMFF 8.8.3.1). */
export const nonSync = 0x10000
const dependsOn = (sampleFlags: number): number => (sampleFlags >>> 24) & 3

/** Judges segments in their order and gives their fragments. */
export function fragmentsOf(
  header: CmafHeader,
  segments: readonly Uint8Array[],
  findings: Findings,
): CmafFragment[] {
  const fragments: CmafFragment[] = []
  let sequence = -1
  let hidden: number | undefined
  for (const [index, bytes] of segments.entries()) {
    const where = `segment ${index + 1}`
    const all = atomsOf(bytes)
    const order = all.map(({ type }) => type).join(' ')
    findings.want(/^styp (prft )?(emsg )*(moof mdat ?)+$/.test(order), 'segment.order', where, order)
    const [styp] = all
    if (styp?.type === 'styp') {
      const brands = brandsOf(styp)
      const missing = ['msdh', 'msix', 'cmfs'].filter((brand) => !brands.slice(1).includes(brand))
      findings.want(missing.length === 0, 'segment.styp', where, `styp without ${missing.join(' ')}`)
    }
    for (const [i, moof] of all.entries()) {
      const mdat = all[i + 1]
      if (moof.type !== 'moof' || mdat?.type !== 'mdat') continue
      const mfhd = child(moof, 'mfhd')
      const number = mfhd ? uint(mfhd, 4, 4) : -1
      findings.want(number > sequence, 'fragment.mfhd', where, `sequence ${number} after ${sequence}`)
      sequence = number
      const before = fragments.at(-1)
      const fragment = fragmentOf(header, { moof, mdat, bytes, segment: index + 1 }, findings)
      if (!fragment) continue
      const shown = (one: CmafFragment): number =>
        one.samples.reduce((least, sample) => Math.min(least, sample.shown), Number.POSITIVE_INFINITY)
      // Pictures that lead into a film that was cut within a group are decoded and lie before its begin.
      hidden ??= Math.min(0, shown(fragment))
      const starts = shown(fragment) === fragment.decode + hidden
      findings.want(
        starts,
        'fragment.ept',
        where,
        `shown at ${shown(fragment)}, decoded at ${fragment.decode}`,
      )
      const follows = !before || fragment.decode === before.end
      findings.want(follows, 'fragment.tfdt', where, `tfdt ${fragment.decode} where ${before?.end} follows`)
      fragments.push(fragment)
    }
  }
  return fragments
}

interface Place {
  readonly moof: Atom
  readonly mdat: Atom
  readonly bytes: Uint8Array
  readonly segment: number
}

function fragmentOf(header: CmafHeader, place: Place, findings: Findings): CmafFragment | undefined {
  const { moof, segment } = place
  const where = `segment ${segment}`
  const want = findings.want.bind(findings)
  const traf = child(moof, 'traf')
  const [tfhd, tfdt, trun] = [child(traf, 'tfhd'), child(traf, 'tfdt'), child(traf, 'trun')]
  const trafs = moof.children.filter(({ type }) => type === 'traf').length
  const runs = traf?.children.filter(({ type }) => type === 'trun').length
  want(
    trafs === 1 && runs === 1 && tfhd !== undefined && tfdt !== undefined,
    'fragment.traf',
    where,
    `${trafs} traf, ${runs} trun`,
  )
  if (!traf || !tfhd || !tfdt || !trun) return undefined
  const trackId = uint(tfhd, 4, 4)
  want(
    trackId === header.trackId && (flags(tfhd) & 0x20001) === 0x20000,
    'fragment.tfhd',
    where,
    `tfhd of track ${trackId} with flags ${flags(tfhd).toString(16)}`,
  )
  const decode = uint(tfdt, 4, version(tfdt) === 1 ? 8 : 4)
  want(version(tfdt) === 1, 'fragment.tfdt', where, `tfdt version ${version(tfdt)}`)
  const samples = samplesOf({ tfhd, trun, decode }, place, findings)
  const last = samples.at(-1)
  const end = last ? last.decode + last.duration : decode
  want(samples.length > 0, 'fragment.trun', where, 'no samples')
  const sealed = { moof, traf, samples: samples.length, where }
  const covers = coversOf(sealed, header.protection, findings)
  return {
    segment,
    where,
    decode,
    end,
    samples: samples.map((sample, i) => {
      const cover = covers[i]
      return cover ? { ...sample, cover } : sample
    }),
  }
}

interface Run {
  readonly tfhd: Atom
  readonly trun: Atom
  readonly decode: number
}

function samplesOf(
  { tfhd, trun, decode }: Run,
  { moof, mdat, bytes, segment }: Place,
  findings: Findings,
): CmafSample[] {
  const where = `segment ${segment}`
  const want = findings.want.bind(findings)
  const [header, run] = [flags(tfhd), flags(trun)]
  let at = 8
  const shared = (bit: number): number | undefined => {
    if (!(header & bit)) return undefined
    at += 4
    return uint(tfhd, at - 4, 4)
  }
  if (header & 1) at += 8
  const [description, duration, size, sampleFlags] = Object.values(usesDefault).map(shared)
  want(description === 1, 'fragment.defaults', where, `sample_description_index ${description}`)
  for (const [name, has, default_] of [
    ['duration', run & runHas.duration, duration],
    ['size', run & runHas.size, size],
    ['flags', run & runHas.flags, sampleFlags],
  ] as const)
    want(has !== 0 || default_ !== undefined, 'fragment.defaults', where, `${name} left to trex`)
  const count = uint(trun, 4, 4)
  want(
    version(trun) === 1 && (run & runHas.dataOffset) !== 0,
    'fragment.trun',
    where,
    `trun version ${version(trun)}, flags ${run}`,
  )
  let from = 8
  const dataOffset = run & runHas.dataOffset ? int(trun, from, 4) : 0
  if (run & runHas.dataOffset) from += 4
  const firstFlags = run & runHas.firstFlags ? uint(trun, from, 4) : undefined
  if (run & runHas.firstFlags) from += 4
  want(
    firstFlags === undefined || !(run & runHas.flags),
    'fragment.trun',
    where,
    'first_sample_flags beside flags of each',
  )
  const take = (bit: number): number | undefined => {
    if (!(run & bit)) return undefined
    from += 4
    return bit === runHas.composition ? int(trun, from - 4, 4) : uint(trun, from - 4, 4)
  }
  const samples: CmafSample[] = []
  let offset = moof.at + dataOffset
  want(
    offset === mdat.at + mdat.body,
    'fragment.data',
    where,
    `samples from ${offset}, mdat's from ${mdat.at + mdat.body}`,
  )
  let time = decode
  for (let i = 0; i < count; i++) {
    const each = {
      duration: take(runHas.duration),
      size: take(runHas.size),
      flags: take(runHas.flags),
      composition: take(runHas.composition),
    }
    const length = each.size ?? size ?? 0
    const lasts = each.duration ?? duration ?? 0
    samples.push({
      decode: time,
      shown: time + (each.composition ?? 0),
      duration: lasts,
      flags: each.flags ?? (i === 0 ? firstFlags : undefined) ?? sampleFlags ?? 0,
      bytes: bytes.subarray(offset, offset + length),
    })
    time += lasts
    offset += length
  }
  want(from === trun.bytes.length - trun.body, 'fragment.trun', where, 'trun is longer than its samples')
  want(
    offset === mdat.at + mdat.bytes.length,
    'fragment.data',
    where,
    `samples end at ${offset}, mdat at ${mdat.at + mdat.bytes.length}`,
  )
  const [first] = samples
  want(
    first === undefined || (first.flags & nonSync) === 0,
    'fragment.sync',
    where,
    'the first sample is no sync sample',
  )
  const contradicts = samples.find((one) => dependsOn(one.flags) === (one.flags & nonSync ? 2 : 1))
  want(contradicts === undefined, 'fragment.sync', where, `flags ${contradicts?.flags.toString(16)}`)
  return samples
}
