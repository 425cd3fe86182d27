/** The units of one track as they come: what can not be shown is left out, what jumps is looked at before it is believed. */
import { HeadendError } from '../../errors.ts'
import { ByteReader, boxes, type Codec, codecs } from '../../formats/isobmff/index.ts'
import type { AccessUnit, Stream } from '../../formats/mpegts/index.ts'
import { type FilmClock, isJump, type StreamClock } from './film-clock.ts'
import type { SampleRun, SampleRuns } from './sample-runs.ts'
import { UnitColumns, type UnitRow } from './unit-columns.ts'

/** What a decoder is set up with, as the track has it. */
export interface StreamConfig {
  readonly codec: Codec
  readonly timescale: number
  readonly unitTicks?: number
}

/** One unit far off is a mistake; so many that follow one another there are a jump. */
const jumpUnits = 3
/** Frames of a PES packet have one time together. */
const maxWaiting = 1024
const maxConfigs = 1000

type Row = Omit<UnitRow, 'part'>

/** A track of the film: streams of one kind that follow one another. */
export class StreamUnits {
  readonly columns: UnitColumns
  readonly configs: StreamConfig[] = []
  /** Units that were left out, by why. */
  readonly left = { damaged: 0, undecodable: 0, misplaced: 0 }
  /** Why nothing of it can be delivered. */
  fault: HeadendError | undefined
  readonly run: SampleRun
  /** As its programme announced it first. */
  readonly stream: Stream
  readonly type: 'video' | 'audio'
  readonly #runs: SampleRuns
  readonly #film: FilmClock
  readonly #clock: StreamClock = { part: 0, last: undefined }
  readonly #known = new Map<AccessUnit['config'], number>()
  #waiting: Row[] = []
  #part = -1
  #needsStart = false
  #dropsLeading = false

  constructor(stream: Stream, { runs, film }: { readonly runs: SampleRuns; readonly film: FilmClock }) {
    this.stream = stream
    this.type = stream.kind === 'avc' || stream.kind === 'hevc' ? 'video' : 'audio'
    this.#runs = runs
    this.#film = film
    this.run = runs.open()
    this.columns = new UnitColumns(stream.pid)
  }

  /** Takes the next unit; its bytes may be kept. */
  add(unit: AccessUnit): void {
    if (this.fault) return
    if (unit.isDamaged) {
      this.left.damaged++
      return
    }
    try {
      const config = this.#configOf(unit)
      const { bytes, ...rest } = unit
      this.#arrive({ unit: rest, size: bytes.length, config, position: this.#runs.add(this.run, bytes) })
    } catch (error) {
      if (!(error instanceof HeadendError) || error.code === 'MP4_SAMPLES_MANY') throw error
      this.fault = error
    }
  }

  /** Nothing more comes: what waits had nobody to bear it out. */
  end(): void {
    this.#forget()
  }

  #arrive(row: Row): void {
    const { dtsTicks } = row.unit
    const { last } = this.#clock
    const isFar = last !== undefined && dtsTicks !== undefined && isJump(last, dtsTicks)
    if (!isFar && !(dtsTicks === undefined && this.#waiting.length > 0)) {
      this.#forget()
      this.#accept(row)
      return
    }
    const before = this.#waiting.findLast(({ unit }) => unit.dtsTicks !== undefined)?.unit.dtsTicks
    const goesOn = before === undefined || dtsTicks === undefined || !isJump(before, dtsTicks)
    if (!goesOn || this.#waiting.length >= maxWaiting) this.#forget()
    this.#waiting.push(row)
    if (this.#waiting.filter(({ unit }) => unit.dtsTicks !== undefined).length < jumpUnits) return
    const waiting = this.#waiting
    this.#waiting = []
    for (const one of waiting) this.#accept(one)
  }

  #forget(): void {
    this.left.misplaced += this.#waiting.length
    this.#waiting = []
  }

  #accept(row: Row): void {
    const { dtsTicks, sync, leading } = row.unit
    const part = dtsTicks === undefined ? this.#clock.part : this.#film.take(this.#clock, dtsTicks)
    if (this.type === 'video' && part !== this.#part) {
      // What it would be predicted from lies before the jump.
      this.#needsStart = true
      this.#dropsLeading = true
    }
    this.#part = part
    const starts = this.#needsStart && sync !== 'none'
    if (this.#needsStart && !starts) {
      this.left.undecodable++
      return
    }
    if (!starts && sync !== 'none') this.#dropsLeading = false
    this.#needsStart = false
    if (this.#dropsLeading && leading === 'rasl') {
      this.left.undecodable++
      return
    }
    // Decoding can start at a gradual recovery point, but what it shows at first is not what it should.
    this.columns.add({ ...row, part }, starts || (sync !== 'none' && sync !== 'gradual'))
  }

  #configOf({ config, bytes }: AccessUnit): number {
    const known = this.#known.get(config)
    if (known !== undefined) return known
    if (this.stream.kind === 'mpeg-audio') this.#checkLayer(bytes)
    const [entry] = boxes(new ByteReader(config.sampleEntry))
    const codec = entry && codecs.get(entry.type)?.(entry)
    if (!codec) throw this.#refused('a sample entry that is known')
    let index = this.configs.findIndex(
      (one) =>
        one.timescale === config.timescale && Buffer.compare(one.codec.sampleEntry, codec.sampleEntry) === 0,
    )
    if (index < 0) {
      index = this.configs.length
      if (index === maxConfigs) throw this.#refused(`at most ${maxConfigs} setups of its decoder`)
      const { timescale, unitTicks } = config
      this.configs.push({ codec, timescale, ...(unitTicks !== undefined && { unitTicks }) })
    }
    // Readers of the stream that are set up anew bring equal ones again and again.
    if (this.#known.size >= maxConfigs) this.#known.clear()
    this.#known.set(config, index)
    return index
  }

  /** Layers I and II, which browsers do not decode, have the same object type as MP3 (ISO/IEC 11172-3 2.4.2.3). */
  #checkLayer(bytes: Uint8Array): void {
    const layer = 4 - (((bytes[1] ?? 0) >> 1) & 3)
    if (layer !== 3) throw this.#refused(`AAC, AC-3, E-AC-3 or MP3, got MPEG audio of layer ${layer}`)
  }

  #refused(expected: string): HeadendError {
    return new HeadendError(
      'MP4_CODEC_UNSUPPORTED',
      `PID ${this.stream.pid}: expected ${expected}; convert it to AAC`,
    )
  }
}
