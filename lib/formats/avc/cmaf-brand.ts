/** CMAF media profiles of H.264 (ISO/IEC 23000-19 table A.1). */

/** The facts that a profile limits. */
export interface AvcPicture {
  readonly profile: number
  readonly level: number
  readonly width: number
  readonly height: number
  /** Frame rate. */
  readonly frameRate: number
  readonly colour?: { readonly primaries: number; readonly transfer: number; readonly matrix: number }
}

const limits = [
  { brand: 'cfsd', level: 31, width: 864, height: 576, primaries: [1, 5, 6] },
  { brand: 'cfhd', level: 40, width: 1920, height: 1080, primaries: [1] },
  { brand: 'chdf', level: 42, width: 1920, height: 1080, primaries: [1] },
] as const

/** The narrowest brand the video conforms to; undefined if none. Unstated colours fit any. */
export function avcBrand(picture: AvcPicture): string | undefined {
  if (picture.profile > 100 || picture.frameRate > 60.001) return undefined
  const primaries = picture.colour?.primaries ?? 2
  return limits.find(
    (limit) =>
      picture.level <= limit.level &&
      picture.width <= limit.width &&
      picture.height <= limit.height &&
      (primaries === 2 || limit.primaries.some((allowed) => allowed === primaries)),
  )?.brand
}
