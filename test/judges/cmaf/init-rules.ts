/** Rules of a CMAF header: ftyp and moov, and the track that it announces (ISO/IEC 23000-19 7.3.1, 7.5). */
import { type Atom, atomsOf, brandsOf, child, fields, flags, int, uint, version, word } from './boxes.ts'
import type { Findings } from './clauses.ts'
import { type CmafProtection, unsealed } from './protection-entry.ts'

/** What an init segment says of its track. */
export interface CmafHeader {
  readonly brands: readonly string[]
  readonly trackId: number
  readonly timescale: number
  readonly handler: string
  /** Three letters of `mdhd`; `und` where there are none. */
  readonly language: string
  /** Of `elng`. */
  readonly tag?: string
  /** Media time of the edit; absent without one. */
  readonly mediaTime?: number
  /** The sample entry; of a protected track under the name it had. */
  readonly entry: Atom
  /** Absent where samples are clear. */
  readonly protection?: CmafProtection
  /** Descriptions of sample groups. */
  readonly groups: readonly Atom[]
}

const where = 'init'
const unity = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000]
const matrixOf = (atom: Atom, at: number): number[] => unity.map((_, i) => int(atom, at + 4 * i, 4))
const isUnity = (atom: Atom, at: number): boolean =>
  matrixOf(atom, at).every((value, i) => value === unity[i])

/** Judges it; undefined where there is no track to go on with. */
export function headerOf(init: Uint8Array, findings: Findings): CmafHeader | undefined {
  const want = findings.want.bind(findings)
  const all = atomsOf(init)
  const [ftyp, moov] = all
  want(
    all.map(({ type }) => type).join(' ') === 'ftyp moov',
    'init.order',
    where,
    all.map(({ type }) => type).join(' '),
  )
  if (ftyp?.type !== 'ftyp' || moov?.type !== 'moov') return undefined
  const trak = child(moov, 'trak')
  const parts = moov.children.map(({ type }) => type)
  const known = parts.every((type) => ['mvhd', 'trak', 'mvex', 'meta', 'udta', 'pssh'].includes(type))
  const one = ['mvhd', 'trak', 'mvex'].every((type) => parts.filter((part) => part === type).length === 1)
  want(known && one && parts[0] === 'mvhd', 'init.movie', where, `moov holds ${parts.join(' ')}`)
  const [mvhd, tkhd, mdhd] = [child(moov, 'mvhd'), child(trak, 'tkhd'), child(trak, 'mdia', 'mdhd')]
  const [hdlr, stbl] = [child(trak, 'mdia', 'hdlr'), child(trak, 'mdia', 'minf', 'stbl')]
  const first = child(stbl, 'stsd')?.children[0]
  if (!trak || !mvhd || !tkhd || !mdhd || !hdlr || !stbl || !first) {
    want(false, 'init.movie', where, 'trak lacks tkhd, mdhd, hdlr, stbl or a sample entry')
    return undefined
  }
  const handler = word(hdlr, 8)
  const trackId = trackHeader(tkhd, handler, findings)
  movieHeader(mvhd, trackId, findings)
  const media = mediaHeader(mdhd, findings)
  const tag = elng(child(trak, 'mdia', 'elng'), media.language, findings)
  handlerBox(hdlr, handler, findings)
  mediaInformation(child(trak, 'mdia', 'minf'), handler, findings)
  sampleTables(stbl, findings)
  want(
    child(stbl, 'stsd')?.children.length === 1 && uint(first, 6, 2) === 1,
    'init.stsd',
    where,
    'not one sample entry with data reference 1',
  )
  movieExtends(child(moov, 'mvex'), trackId, findings)
  const brands = brandsOf(ftyp)
  const mediaTime = edits(trak, { handler, brands }, findings)
  const groups = stbl.children.filter(({ type }) => type === 'sgpd')
  const own = unsealed(first, { handler, moov }, findings)
  return {
    brands,
    trackId,
    handler,
    groups,
    ...own,
    ...media,
    ...(tag && { tag }),
    ...(mediaTime !== undefined && { mediaTime }),
  }
}

function movieHeader(mvhd: Atom, trackId: number, findings: Findings): void {
  const at = version(mvhd) === 1 ? 20 : 12
  const [timescale, duration] = [uint(mvhd, at, 4), uint(mvhd, at + 4, version(mvhd) === 1 ? 8 : 4)]
  const rest = at + 4 + (version(mvhd) === 1 ? 8 : 4)
  const isUsual =
    int(mvhd, rest, 4) === 0x10000 && uint(mvhd, rest + 4, 2) === 0x100 && isUnity(mvhd, rest + 16)
  const next = uint(mvhd, rest + 76, 4)
  findings.want(
    isUsual && timescale > 0,
    'init.mvhd',
    where,
    'mvhd with a rate, volume, matrix or timescale of its own',
  )
  findings.want(duration === 0, 'init.mvhd', where, `mvhd.duration ${duration}`)
  findings.want(next > trackId, 'init.mvhd', where, `next_track_ID ${next} is not above ${trackId}`)
}

/** Gives the track_ID. */
function trackHeader(tkhd: Atom, handler: string, findings: Findings): number {
  const is64 = version(tkhd) === 1
  const at = is64 ? 20 : 12
  const trackId = uint(tkhd, at, 4)
  const duration = uint(tkhd, at + 8, is64 ? 8 : 4)
  const rest = at + 8 + (is64 ? 8 : 4) + 8
  const [layer, group, volume] = [int(tkhd, rest, 2), int(tkhd, rest + 2, 2), uint(tkhd, rest + 4, 2)]
  const [width, height] = [uint(tkhd, rest + 44, 4), uint(tkhd, rest + 48, 4)]
  const want = (holds: boolean, why: string) => findings.want(holds, 'init.tkhd', where, why)
  findings.want(duration === 0, 'init.tkhd-duration', where, `tkhd.duration ${duration}`)
  want(trackId > 0, 'track_ID 0')
  want((flags(tkhd) & 3) === 3, `flags ${flags(tkhd)}: not enabled and in the movie`)
  want(layer === 0 && group === 0, `layer ${layer}, alternate_group ${group}`)
  want(volume === (handler === 'soun' ? 0x100 : 0), `volume ${volume} of ${handler}`)
  if (handler === 'vide') want(width > 0 && height > 0, `a picture of ${width} x ${height}`)
  if (handler === 'soun') want(width === 0 && height === 0, `sound of ${width} x ${height}`)
  want(handler === 'vide' || isUnity(tkhd, rest + 8), 'a matrix on what is no picture')
  return trackId
}

function mediaHeader(mdhd: Atom, findings: Findings): Pick<CmafHeader, 'timescale' | 'language'> {
  const is64 = version(mdhd) === 1
  const at = is64 ? 20 : 12
  const [timescale, duration] = [uint(mdhd, at, 4), uint(mdhd, at + 4, is64 ? 8 : 4)]
  const code = uint(mdhd, at + 4 + (is64 ? 8 : 4), 2)
  const letters = [code >> 10, (code >> 5) & 31, code & 31]
  const isWord = code < 0x8000 && letters.every((letter) => letter >= 1 && letter <= 26)
  findings.want(timescale > 0, 'init.mdhd', where, 'timescale 0')
  findings.want(duration === 0, 'init.mdhd', where, `mdhd.duration ${duration}`)
  findings.want(isWord, 'init.mdhd', where, `language ${code.toString(16)} is not three letters`)
  return { timescale, language: String.fromCharCode(...letters.map((letter) => letter + 0x60)) }
}

function elng(box: Atom | undefined, language: string, findings: Findings): string | undefined {
  if (!box) return undefined
  const bytes = fields(box, 4)
  const tag = String.fromCharCode(...bytes.subarray(0, -1))
  const isTag = bytes.at(-1) === 0 && /^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$/.test(tag)
  findings.want(isTag, 'init.elng', where, `elng "${tag}"`)
  const same = language === 'und' || !isTag || sameLanguage(language, tag)
  findings.want(same, 'init.elng', where, `elng ${tag} and mdhd ${language}`)
  return isTag ? tag : undefined
}

/** `deu` and `de-AT` are one language. */
export function sameLanguage(a: string, b: string): boolean {
  const primary = (tag: string) => Intl.getCanonicalLocales(tag)[0]?.split('-')[0]
  return primary(a) === primary(b)
}

function handlerBox(hdlr: Atom, handler: string, findings: Findings): void {
  const name = fields(hdlr, 24)
  const ends = name.indexOf(0) === name.length - 1
  const zeros = uint(hdlr, 4, 4) === 0 && [12, 16, 20].every((at) => uint(hdlr, at, 4) === 0)
  findings.want(
    ['vide', 'soun', 'text', 'subt', 'meta'].includes(handler),
    'init.hdlr',
    where,
    `handler ${handler}`,
  )
  findings.want(ends && zeros, 'init.hdlr', where, 'a name that no zero ends, or reserved fields in use')
}

const mediaHeaders: Readonly<Record<string, string>> = {
  vide: 'vmhd',
  soun: 'smhd',
  subt: 'sthd',
  text: 'nmhd',
  meta: 'nmhd',
}

function mediaInformation(minf: Atom | undefined, handler: string, findings: Findings): void {
  const types = minf?.children.map(({ type }) => type) ?? []
  const expected = mediaHeaders[handler] ?? 'nmhd'
  const [header] = minf?.children ?? []
  const fine = types.join(' ') === `${expected} dinf stbl`
  findings.want(fine, 'init.media-header', where, `minf of ${handler} holds ${types.join(' ')}`)
  if (header?.type === 'vmhd')
    findings.want(flags(header) === 1, 'init.media-header', where, 'vmhd without flag 1')
  const dref = child(minf, 'dinf', 'dref')
  const [url] = dref?.children ?? []
  findings.want(
    dref?.children.length === 1 && url?.type === 'url ' && flags(url) === 1,
    'init.dref',
    where,
    'dref is not one url of this file',
  )
}

const emptyTables: Readonly<Record<string, number>> = { stts: 8, stsc: 8, stco: 8, stsz: 12 }

function sampleTables(stbl: Atom, findings: Findings): void {
  for (const [type, length] of Object.entries(emptyTables)) {
    const table = child(stbl, type)
    const isEmpty =
      table && table.bytes.length - table.body === length && fields(table).every((byte) => byte === 0)
    findings.want(isEmpty === true, 'init.tables', where, `${type} is not there and empty`)
  }
  const others = stbl.children.filter(
    ({ type }) => type !== 'stsd' && type !== 'sgpd' && !(type in emptyTables),
  )
  findings.want(
    others.length === 0,
    'init.tables',
    where,
    `stbl holds ${others.map(({ type }) => type).join(' ')}`,
  )
}

function movieExtends(mvex: Atom | undefined, trackId: number, findings: Findings): void {
  const trexes = mvex?.children.filter(({ type }) => type === 'trex') ?? []
  const [trex] = trexes
  const fine = trexes.length === 1 && trex && uint(trex, 4, 4) === trackId && uint(trex, 8, 4) === 1
  findings.want(fine === true, 'init.trex', where, 'mvex is not one trex of this track with description 1')
  const mehd = child(mvex, 'mehd')
  const duration = mehd && uint(mehd, 4, version(mehd) === 1 ? 8 : 4)
  findings.want(duration !== 0, 'init.trex', where, 'mehd without a duration')
}

/** Gives the media time that is shown first. */
function edits(
  trak: Atom,
  { handler, brands }: { readonly handler: string; readonly brands: readonly string[] },
  findings: Findings,
): number | undefined {
  const elst = child(trak, 'edts', 'elst')
  if (!elst) return undefined
  findings.want(handler !== 'vide', 'init.edit-video', where, 'a video track with an edit list')
  const is64 = version(elst) === 1
  const [duration, mediaTime, rate] = is64
    ? [uint(elst, 8, 8), int(elst, 16, 8), int(elst, 24, 4)]
    : [uint(elst, 8, 4), int(elst, 12, 4), int(elst, 16, 4)]
  const one = uint(elst, 4, 4) === 1 && rate === 0x10000 && duration === 0 && mediaTime > 0
  findings.want(
    one,
    'init.edit',
    where,
    `an edit of ${duration} ticks from ${mediaTime} at rate ${rate / 0x10000}`,
  )
  findings.want(handler === 'soun' || handler === 'vide', 'init.edit', where, `an edit list on ${handler}`)
  findings.want(!brands.includes('cmf2'), 'init.edit', where, 'cmf2 with an edit list')
  return mediaTime
}
