/** Limits the memory of all tracks of one asset together: what one may take, a thousand forged ones must not. */
import { HeadendError } from '../../errors.ts'

/** Some 25 bytes are kept per sample: 400 MB. A day of film has 4 million video frames, and as many of audio. */
const maxSamples = 2 ** 24
/** Films with dozens are uploaded; the asset's row in the index lists each. */
const maxTracks = 256
/** A file's tracks may share samples, but no film shares all of them among several. */
const maxShared = 2

/** The remaining budget. */
export class SampleBudget {
  #samples = maxSamples
  #tracks = maxTracks

  /** Throws MP4_TRACKS_MANY if a file has more than remain. */
  takeTracks(count: number): void {
    this.#tracks -= count
    if (this.#tracks < 0)
      throw new HeadendError(
        'MP4_TRACKS_MANY',
        `moov: expected at most ${maxTracks} tracks in all files of an asset, got ${maxTracks - this.#tracks}`,
      )
  }

  /** Throws MP4_SAMPLES_MANY if they exceed the remainder. */
  takeSamples(count: number, where: string): void {
    this.#samples -= count
    if (this.#samples >= 0) return
    this.#samples += count
    throw new HeadendError(
      'MP4_SAMPLES_MANY',
      `${where}: expected at most ${maxSamples} samples in all tracks, got ${count} more than fit; upload fewer tracks`,
    )
  }
}

/** The bytes claimed by the tracks of one file. */
export class FileBudget {
  readonly #fileBytes: number
  #left: number

  constructor(fileBytes: number) {
    this.#fileBytes = fileBytes
    this.#left = fileBytes * maxShared
  }

  /** Throws MP4_SAMPLES_OVERLAP if tracks claim the same bytes repeatedly. */
  takeBytes(sizes: Uint32Array, where: string): void {
    let bytes = 0
    for (const size of sizes) bytes += size
    if (bytes > this.#left)
      throw new HeadendError(
        'MP4_SAMPLES_OVERLAP',
        `${where}: expected samples of its own, got ${bytes} bytes that other tracks have too in a file of ${this.#fileBytes}`,
      )
    this.#left -= bytes
  }
}
