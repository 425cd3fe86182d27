/** Growing columns of the access units of one track: times as coded, where their bytes lie, and of which clock. */
import { HeadendError } from '../../errors.ts'
import type { AccessUnit } from '../../formats/mpegts/index.ts'

/** A day of pictures or frames of audio is four million: 150 MB here. */
const maxUnits = 2 ** 22

/** A unit without its bytes. */
export interface UnitRow {
  readonly unit: Omit<AccessUnit, 'bytes' | 'pid' | 'isDamaged'>
  /** Bytes of the track in front of it. */
  readonly position: number
  readonly size: number
  /** Index of its configuration among the track's. */
  readonly config: number
  /** Index of the stretch of time it belongs to. */
  readonly part: number
}

/** Units in order of decoding. Times are unrolled ticks of 90 kHz, NaN where there are none. */
export class UnitColumns {
  readonly #pid: number
  count = 0
  positions = new Float64Array(256)
  sizes = new Uint32Array(256)
  pts = new Float64Array(256)
  dts = new Float64Array(256)
  syncs = new Uint8Array(256)
  configs = new Uint16Array(256)
  parts = new Uint32Array(256)

  constructor(pid: number) {
    this.#pid = pid
  }

  /** Throws MP4_SAMPLES_MANY beyond four million. */
  add({ unit, position, size, config, part }: UnitRow, isSync: boolean): void {
    const i = this.count
    if (i === maxUnits)
      throw new HeadendError(
        'MP4_SAMPLES_MANY',
        `PID ${this.#pid}: expected at most ${maxUnits} samples in a stream, got more; cut the film into several`,
      )
    if (i === this.sizes.length) this.#grow(i * 2)
    this.positions[i] = position
    this.sizes[i] = size
    this.pts[i] = unit.ptsTicks ?? Number.NaN
    this.dts[i] = unit.dtsTicks ?? Number.NaN
    this.syncs[i] = isSync ? 1 : 0
    this.configs[i] = config
    this.parts[i] = part
    this.count++
  }

  #grow(length: number): void {
    this.positions = grown(this.positions, new Float64Array(length))
    this.sizes = grown(this.sizes, new Uint32Array(length))
    this.pts = grown(this.pts, new Float64Array(length))
    this.dts = grown(this.dts, new Float64Array(length))
    this.syncs = grown(this.syncs, new Uint8Array(length))
    this.configs = grown(this.configs, new Uint16Array(length))
    this.parts = grown(this.parts, new Uint32Array(length))
  }
}

function grown<Values extends { set(values: Values): void }>(from: Values, to: Values): Values {
  to.set(from)
  return to
}
