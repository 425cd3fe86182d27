/** CMAF media profiles of H.265 (ISO/IEC 23000-19 table B.1). */

/** The facts that a profile limits. */
export interface HevcPicture {
  readonly profile: number
  readonly highTier: boolean
  readonly level: number
  readonly width: number
  readonly height: number
  /** Frame rate. */
  readonly frameRate: number
  readonly colour?: { readonly primaries: number; readonly transfer: number; readonly matrix: number }
}

const hd = { width: 1920, height: 1080 }
const uhd = { width: 3840, height: 2160 }
/** Primaries, transfer, matrix (ISO/IEC 23091-2). */
const bt709 = [1, 1, 1] as const
const limits = [
  { brand: 'chhd', profile: 1, level: 123, ...hd, colour: bt709 },
  { brand: 'cud8', profile: 1, level: 150, ...uhd, colour: bt709 },
  { brand: 'chh1', profile: 2, level: 123, ...hd, colour: bt709 },
  { brand: 'cud1', profile: 2, level: 153, ...uhd, colour: bt709 },
  { brand: 'chd1', profile: 2, level: 153, ...uhd, colour: [9, 16, 9] },
  { brand: 'clg1', profile: 2, level: 153, ...uhd, colour: [9, 18, 9] },
] as const

/** The narrowest brand the video conforms to; undefined if none. Unstated colours count as BT.709. */
export function hevcBrand(picture: HevcPicture): string | undefined {
  if (picture.highTier || picture.frameRate > 60.001) return undefined
  const { primaries, transfer, matrix } = picture.colour ?? { primaries: 1, transfer: 1, matrix: 1 }
  const colour = [primaries, transfer, matrix]
  return limits.find(
    (limit) =>
      picture.profile === limit.profile &&
      picture.level <= limit.level &&
      picture.width <= limit.width &&
      picture.height <= limit.height &&
      limit.colour.every((code, i) => code === colour[i]),
  )?.brand
}
