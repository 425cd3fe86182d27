/** How much the tracks of one asset may take together: what one track may, a thousand that lie must not. */
import { HeadendError } from '../../errors.ts'

/** Some 25 bytes each are held: 400 MB. A day of film has 4 million pictures, and as many frames of sound. */
const maxSamples = 2 ** 24
/** People upload films with dozens; the asset's row in the index names each. */
const maxTracks = 256
/** A file's tracks may share samples, but no film shares them all with several. */
const maxShared = 2

/** What is left of it. */
export class SampleBudget {
  #samples = maxSamples
  #tracks = maxTracks

  /** Throws MP4_TRACKS_MANY where a file has more than fit. */
  takeTracks(count: number): void {
    this.#tracks -= count
    if (this.#tracks < 0)
      throw new HeadendError(
        'MP4_TRACKS_MANY',
        `moov: expected at most ${maxTracks} tracks in all files of an asset, got ${maxTracks - this.#tracks}`,
      )
  }

  /** Throws MP4_SAMPLES_MANY where they do not fit any more. */
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

/** What the tracks of one file claim of its bytes. */
export class FileBudget {
  readonly #fileBytes: number
  #left: number

  constructor(fileBytes: number) {
    this.#fileBytes = fileBytes
    this.#left = fileBytes * maxShared
  }

  /** Throws MP4_SAMPLES_OVERLAP where tracks claim the same bytes again and again. */
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
