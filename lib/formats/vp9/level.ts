/** Levels of VP9 (VP9 Bitstream & Decoding Process Specification, annex A). */

/** Ten times the number of the level, luma samples a second, luma samples a frame, longer side. */
const levels = [
  [10, 829_440, 36_864, 512],
  [11, 2_764_800, 73_728, 768],
  [20, 4_608_000, 122_880, 960],
  [21, 9_216_000, 245_760, 1344],
  [30, 20_736_000, 552_960, 2048],
  [31, 36_864_000, 983_040, 2752],
  [40, 83_558_400, 2_228_224, 4160],
  [41, 160_432_128, 2_228_224, 4160],
  [50, 311_951_360, 8_912_896, 8384],
  [51, 588_251_136, 8_912_896, 8384],
  [52, 1_176_502_272, 8_912_896, 8384],
  [60, 1_176_502_272, 35_651_584, 16_832],
  [61, 2_353_004_544, 35_651_584, 16_832],
] as const

/** The lowest level for a frame size and rate; 62, the highest, if none is sufficient. */
export function vp9Level({
  width,
  height,
  frameRate,
}: {
  readonly width: number
  readonly height: number
  readonly frameRate: number
}): number {
  const samples = width * height
  const longer = Math.max(width, height)
  return (
    levels.find(
      ([, rate, picture, side]) => samples * frameRate <= rate && samples <= picture && longer <= side,
    )?.[0] ?? 62
  )
}
