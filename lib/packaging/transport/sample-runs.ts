/**
 * Samples of all tracks in one object: each track's in runs of some megabytes, so that a segment is one small read, and
 * what is held is bounded whatever the file's size.
 */

/** A run ends behind the sample that fills it. */
const runBytes = 4 * 2 ** 20
/** Of all tracks together; beyond it the longest run ends early. */
const maxHeldBytes = 48 * 2 ** 20

interface Place {
  /** Bytes of the track in front of the run. */
  readonly from: number
  readonly offset: number
}

/** The samples of one track. */
export interface SampleRun {
  readonly pieces: Uint8Array[]
  heldBytes: number
  /** Bytes of the track that are in the object. */
  written: number
  readonly places: Place[]
}

/** Takes samples, gives what is to be written. */
export class SampleRuns {
  readonly #runs: SampleRun[] = []
  #ready: Uint8Array[] = []
  #held = 0
  /** Bytes of the object so far. */
  size = 0

  /** Begins a track. */
  open(): SampleRun {
    const run: SampleRun = { pieces: [], heldBytes: 0, written: 0, places: [] }
    this.#runs.push(run)
    return run
  }

  /** Adds a sample; gives the bytes of its track in front of it. */
  add(run: SampleRun, bytes: Uint8Array): number {
    const position = run.written + run.heldBytes
    run.pieces.push(bytes)
    run.heldBytes += bytes.length
    this.#held += bytes.length
    if (run.heldBytes >= runBytes) this.#close(run)
    else if (this.#held > maxHeldBytes) this.#close(longest(this.#runs))
    return position
  }

  /** What runs have ended since it was last asked for. */
  take(): Uint8Array[] {
    const ready = this.#ready
    this.#ready = []
    return ready
  }

  /** Ends all runs. */
  end(): void {
    for (const run of this.#runs) this.#close(run)
  }

  #close(run: SampleRun | undefined): void {
    if (!run || run.heldBytes === 0) return
    run.places.push({ from: run.written, offset: this.size })
    this.#ready.push(...run.pieces)
    this.size += run.heldBytes
    this.#held -= run.heldBytes
    run.written += run.heldBytes
    run.heldBytes = 0
    run.pieces.length = 0
  }
}

const longest = (runs: readonly SampleRun[]): SampleRun | undefined =>
  runs.reduce<SampleRun | undefined>(
    (most, run) => (run.heldBytes > (most?.heldBytes ?? 0) ? run : most),
    undefined,
  )

/** Offsets in the object of samples, by their positions in the track, which grow. */
export function offsetsOf({ places }: SampleRun, positions: Float64Array): Float64Array {
  let at = 0
  return positions.map((position) => {
    while ((places[at + 1]?.from ?? Number.POSITIVE_INFINITY) <= position) at++
    const place = places[at]
    return place ? place.offset + position - place.from : 0
  })
}
