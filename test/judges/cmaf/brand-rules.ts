/** Structural brands and media profiles (ISO/IEC 23000-19 7.2, A.2, B.5, 10, 11). */
import { type Atom, uint, word } from './boxes.ts'
import type { Findings } from './clauses.ts'
import { decoderOf, partsOf, soundOf } from './codec-string.ts'
import type { CmafHeader } from './init-rules.ts'

const files = /^iso[6-9a-c]$/
/** Every media profile this judge knows. */
const profiles = new Set(
  'cfsd cfhd chdf chhd cud8 chh1 cud1 chd1 clg1 chd2 cdm1 cdm4 av01 caac caaa camc ceac casu ca4s ca4m cac4 cmhm cmhs cwvt im1t im1i im2t im2i'.split(
    ' ',
  ),
)

/** Judges the brands; `frameRate` is that of the pictures, where they have one. */
export function brandRules(header: CmafHeader, frameRate: number | undefined, findings: Findings): void {
  const [major = '', ...compatible] = header.brands
  const structural = compatible.filter((brand) => brand === 'cmfc' || brand === 'cmf2')
  const sound =
    compatible.includes(major) && structural.length > 0 && compatible.some((brand) => files.test(brand))
  findings.want(sound, 'brand.structural', 'init', `${major} and ${compatible.join(' ')}`)
  const said = compatible.filter((brand) => profiles.has(brand))
  const { may, must } = profileOf(header, frameRate)
  const wrong = said.filter((brand) => !may.includes(brand))
  findings.want(
    wrong.length === 0,
    'brand.profile',
    'init',
    `${wrong.join(' ')} where ${may.join(' ') || 'nothing'} fits`,
  )
  const missing = must && !may.some((brand) => said.includes(brand))
  findings.want(!missing, 'brand.profile', 'init', `none of ${may.join(' ')}, which fit`)
}

/** Brands the track may claim, and whether it keeps to one beyond doubt. */
interface Profile {
  readonly may: readonly string[]
  readonly must: boolean
}

const none: Profile = { may: [], must: false }

function profileOf({ entry, handler }: CmafHeader, frameRate: number | undefined): Profile {
  const parts = partsOf(entry, handler)
  const [avcC, hvcC, esds, colr, dec3] = ['avcC', 'hvcC', 'esds', 'colr', 'dec3'].map((type) =>
    parts.get(type),
  )
  const picture = (): Picture => ({
    width: uint(entry, 24, 2),
    height: uint(entry, 26, 2),
    frameRate: frameRate ?? 0,
    colour: colourOf(colr),
  })
  if (avcC) return avc(avcC, picture())
  if (hvcC) return hevc(hvcC, picture())
  if (entry.type === 'av01') return { may: ['av01'], must: true }
  if (entry.type === 'wvtt') return { may: ['cwvt'], must: true }
  if (entry.type === 'stpp') return { may: ['im1t', 'im1i', 'im2t', 'im2i'], must: false }
  if (dec3) return { may: ['ceac'], must: (uint(dec3, 1, 1) & 7) === 0 }
  return esds ? aac(esds) : none
}

interface Picture {
  readonly width: number
  readonly height: number
  readonly frameRate: number
  /** Primaries, transfer, matrix; undefined where the entry does not say. */
  readonly colour: readonly number[] | undefined
}

const colourOf = (colr: Atom | undefined): readonly number[] | undefined =>
  colr && word(colr, 0) === 'nclx' ? [4, 6, 8].map((at) => uint(colr, at, 2)) : undefined

const fits = ({ width, height, frameRate }: Picture, most: readonly [number, number]): boolean =>
  width <= most[0] && height <= most[1] && frameRate <= 60.01

/** Where the entry says nothing of colours, the pictures may: then a brand is allowed and not demanded. */
function avc(avcC: Atom, picture: Picture): Profile {
  const [profile, level] = [uint(avcC, 1, 1), uint(avcC, 3, 1)]
  if (profile > 100) return none
  const allows = (primaries: readonly number[]) =>
    !picture.colour || primaries.includes(picture.colour[0] ?? 0) || picture.colour[0] === 2
  const may = [
    level <= 31 && fits(picture, [864, 576]) && allows([1, 5, 6]) ? ['cfsd'] : [],
    level <= 40 && fits(picture, [1920, 1080]) && allows([1]) ? ['cfhd'] : [],
    level <= 42 && fits(picture, [1920, 1080]) && allows([1]) ? ['chdf'] : [],
  ].flat()
  const [primaries, transfer, matrix] = picture.colour ?? []
  return { may, must: may.length > 0 && primaries === 1 && transfer === 1 && matrix === 1 }
}

const bt709 = [1, 1, 1]
const hevcLimits: readonly (readonly [
  brand: string,
  profile: number,
  level: number,
  most: readonly [number, number],
  colour: readonly number[],
])[] = [
  ['chhd', 1, 123, [1920, 1080], bt709],
  ['cud8', 1, 150, [3840, 2160], bt709],
  ['chh1', 2, 123, [1920, 1080], bt709],
  ['cud1', 2, 153, [3840, 2160], bt709],
  ['cud1', 2, 153, [3840, 2160], [9, 14, 9]],
  ['chd1', 2, 153, [3840, 2160], [9, 16, 9]],
  ['clg1', 2, 153, [3840, 2160], [9, 18, 9]],
  ['clg1', 2, 153, [3840, 2160], [9, 14, 9]],
]

function hevc(hvcC: Atom, picture: Picture): Profile {
  const first = uint(hvcC, 1, 1)
  if (first & 32) return none
  const level = uint(hvcC, 12, 1)
  const { colour } = picture
  const open = hevcLimits.filter(
    ([, profile, most, size]) => (first & 31) <= profile && level <= most && fits(picture, size),
  )
  const may = open.filter(
    ([, , , , wanted]) => !colour || wanted.every((code, i) => code === colour[i] || colour[i] === 2),
  )
  const exact = may.filter(
    ([, profile, , , wanted]) => profile === (first & 31) && wanted.every((code, i) => code === colour?.[i]),
  )
  return { may: may.map(([brand]) => brand), must: exact.length > 0 }
}

function aac(esds: Atom): Profile {
  const { objectType, specific } = decoderOf(esds)
  if (objectType !== 0x40) return none
  const config = soundOf(specific)
  if (config.objectType === 42) return { may: ['casu'], must: false }
  if (![2, 5, 29].includes(config.objectType) || Math.max(...config.rates) > 48000) return none
  // Configuration 0 leaves the count to an element within.
  if (config.channels === 0) return { may: ['caac', 'caaa', 'camc'], must: false }
  return config.channels <= 2 ? { may: ['caac', 'caaa'], must: true } : { may: ['camc'], must: true }
}
