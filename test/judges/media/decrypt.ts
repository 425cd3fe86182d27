/** A decryptor of ISO/IEC 23001-7 by the letter: one cipher a sample, nothing shared with what encrypts. */
import { createDecipheriv } from 'node:crypto'
import { type Atom, atomsOf, child, flags, uint, version, within } from '../cmaf/boxes.ts'

/** What the init segment says of protection (8.2). */
export interface TrackProtection {
  readonly scheme: string
  readonly kid: string
  readonly original: string
  readonly ivBytes: number
  readonly constantIv?: Uint8Array
  readonly crypt: number
  readonly skip: number
}

/** Reads `sinf` of the only sample entry. */
export function protectionOf(init: Uint8Array): TrackProtection {
  const moov = atomsOf(init).find(({ type }) => type === 'moov')
  const stsd = child(moov, 'trak', 'mdia', 'minf', 'stbl', 'stsd')
  const [entry] = stsd ? within(stsd, 8) : []
  if (!entry) throw new Error('no sample entry')
  const sinf = within(entry, entry.type === 'encv' ? 78 : 28).find(({ type }) => type === 'sinf')
  const inSinf = new Map(sinf && within(sinf, 0).map((box) => [box.type, box]))
  const schi = inSinf.get('schi')
  const tenc = schi && within(schi, 0).find(({ type }) => type === 'tenc')
  const [schm, frma] = [inSinf.get('schm'), inSinf.get('frma')]
  if (!tenc || !schm || !frma) throw new Error(`${entry.type} is not protected`)
  const at = (offset: number, length: number) =>
    tenc.bytes.subarray(tenc.body + offset, tenc.body + offset + length)
  const pattern = version(tenc) === 0 ? 0 : uint(tenc, 5, 1)
  const ivBytes = uint(tenc, 7, 1)
  if (uint(tenc, 6, 1) !== 1) throw new Error('samples are said to be clear')
  return {
    scheme: text(schm, 4),
    kid: Buffer.from(at(8, 16)).toString('hex'),
    original: text(frma, 0),
    ivBytes,
    ...(ivBytes === 0 && { constantIv: at(25, uint(tenc, 24, 1)) }),
    crypt: pattern >> 4,
    skip: pattern & 15,
  }
}

/** What holds for the samples of a segment: what its `seig` group says (23001-7 6), else what the init segment does. */
export function segmentProtection(segment: Uint8Array, how: TrackProtection): TrackProtection {
  const moof = atomsOf(segment).find(({ type }) => type === 'moof')
  const traf = child(moof, 'traf')
  const groups = (type: string): Atom[] =>
    (traf ? within(traf, 0) : []).filter((box) => box.type === type && text(box, 4) === 'seig')
  const [sgpd, sbgp, trun] = [groups('sgpd')[0], groups('sbgp')[0], child(traf, 'trun')]
  if (!sgpd && !sbgp) return how
  if (!sgpd || !sbgp || !trun) throw new Error('sgpd and sbgp do not come together')
  if (version(sgpd) !== 1 || uint(sgpd, 12, 4) !== 1)
    throw new Error('expected one entry in sgpd of version 1')
  const [runs, count, group] = [uint(sbgp, 8, 4), uint(sbgp, 12, 4), uint(sbgp, 16, 4)]
  // 14496-12 8.9.4: above 0x10000 a group is described in the fragment itself.
  if (runs !== 1 || count !== uint(trun, 4, 4) || group !== 0x10001)
    throw new Error(`expected all samples in group 0x10001, got ${count} in 0x${group.toString(16)}`)
  const pattern = uint(sgpd, 17, 1)
  if (uint(sgpd, 18, 1) !== 1) throw new Error('samples are said to be clear')
  const ivBytes = uint(sgpd, 19, 1)
  const at = (offset: number, length: number) =>
    sgpd.bytes.subarray(sgpd.body + offset, sgpd.body + offset + length)
  const length = uint(sgpd, 8, 4)
  const constant = ivBytes === 0 ? uint(sgpd, 36, 1) : undefined
  if (length !== 20 + (constant === undefined ? 0 : 1 + constant))
    throw new Error(`an entry of ${length} bytes`)
  return {
    scheme: how.scheme,
    original: how.original,
    kid: Buffer.from(at(20, 16)).toString('hex'),
    ivBytes,
    ...(constant !== undefined && { constantIv: at(37, constant) }),
    crypt: pattern >> 4,
    skip: pattern & 15,
  }
}

/** The samples of one segment, each apart: decrypted, or as they stand where nothing is said of protection. */
export function samplesOf(
  segment: Uint8Array,
  keys?: Uint8Array | ((kid: string) => Uint8Array | undefined),
  track?: TrackProtection,
): Buffer[] {
  const how = track && segmentProtection(segment, track)
  const key = typeof keys === 'function' ? how && keys(how.kid) : keys
  const moof = atomsOf(segment).find(({ type }) => type === 'moof')
  const traf = child(moof, 'traf')
  const [trun, tfhd] = [child(traf, 'trun'), child(traf, 'tfhd')]
  if (!moof || !trun || !tfhd) throw new Error('no fragment')
  const entries = how && auxiliaryOf(segment, { moof, traf, how })
  let at = moof.at + uint(trun, 8, 4)
  return sampleSizes(trun, tfhd).map((size, i) => {
    const sample = Buffer.from(segment.subarray(at, at + size))
    at += size
    if (!how || !key) return sample
    const { iv = how.constantIv ?? new Uint8Array(), pairs = [[0, size]] } = entries?.[i] ?? {}
    decrypt(sample, { key, iv, pairs, how })
    return sample
  })
}

interface Entry {
  readonly iv?: Uint8Array
  readonly pairs?: readonly (readonly [number, number])[]
}

/** Found as readers of old find it: by `saiz` and `saio` (ISO/IEC 14496-12 8.7.8). */
function auxiliaryOf(
  segment: Uint8Array,
  {
    moof,
    traf,
    how,
  }: { readonly moof: Atom; readonly traf: Atom | undefined; readonly how: TrackProtection },
): Entry[] | undefined {
  const [saiz, saio] = [child(traf, 'saiz'), child(traf, 'saio')]
  if (!saiz || !saio) return undefined
  const usual = uint(saiz, 4, 1)
  const count = uint(saiz, 5, 4)
  let at = moof.at + uint(saio, 8, 4)
  const view = new DataView(segment.buffer, segment.byteOffset, segment.length)
  return Array.from({ length: count }, (_, i) => {
    const size = usual === 0 ? uint(saiz, 9 + i, 1) : usual
    const iv = segment.subarray(at, at + how.ivBytes)
    const pairs: [number, number][] = []
    if (size > how.ivBytes)
      for (let n = 0; n < view.getUint16(at + how.ivBytes); n++) {
        const from = at + how.ivBytes + 2 + 6 * n
        pairs.push([view.getUint16(from), view.getUint32(from + 2)])
      }
    at += size
    return { ...(how.ivBytes > 0 && { iv }), ...(pairs.length > 0 && { pairs }) }
  })
}

function decrypt(
  sample: Buffer,
  {
    key,
    iv,
    pairs,
    how,
  }: {
    readonly key: Uint8Array
    readonly iv: Uint8Array
    readonly pairs: readonly (readonly [number, number])[]
    readonly how: TrackProtection
  },
): void {
  const counter = how.scheme === 'cenc' ? createDecipheriv('aes-128-ctr', key, padded(iv)) : undefined
  let at = 0
  for (const [clear, guarded] of pairs) {
    at += clear
    const end = at + guarded
    if (counter) counter.update(sample.subarray(at, end)).copy(sample, at)
    else {
      const chain = createDecipheriv('aes-128-cbc', key, iv).setAutoPadding(false)
      const all = how.skip === 0
      for (let block = 0; at + 16 * block + 16 <= end; block++)
        if (all || block % (how.crypt + how.skip) < how.crypt)
          chain.update(sample.subarray(at + 16 * block, at + 16 * block + 16)).copy(sample, at + 16 * block)
    }
    at = end
  }
  if (at !== sample.length) throw new Error(`subsamples cover ${at} of ${sample.length} bytes`)
}

const padded = (iv: Uint8Array): Buffer => Buffer.concat([iv, new Uint8Array(16 - iv.length)])

const text = (atom: Atom, offset: number): string =>
  Buffer.from(atom.bytes.subarray(atom.body + offset, atom.body + offset + 4)).toString('latin1')

function sampleSizes(trun: Atom, tfhd: Atom): number[] {
  const has = flags(trun)
  const common = flags(tfhd)
  const columns = [0x100, 0x200, 0x400, 0x800].filter((flag) => has & flag)
  const first = 8 + (has & 1 ? 4 : 0) + (has & 4 ? 4 : 0)
  const usual = 8 + (common & 1 ? 8 : 0) + (common & 2 ? 4 : 0) + (common & 8 ? 4 : 0)
  return Array.from({ length: uint(trun, 4, 4) }, (_, i) =>
    has & 0x200
      ? uint(trun, first + (i * columns.length + columns.indexOf(0x200)) * 4, 4)
      : uint(tfhd, usual, 4),
  )
}
