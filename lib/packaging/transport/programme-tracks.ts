/** Which streams of a programme make up which track, also where its map changes in mid-stream. */
import { HeadendError } from '../../errors.ts'
import type { Program, Stream, StreamKind, TsProblem, UnitEvent } from '../../formats/mpegts/index.ts'
import { FilmClock } from './film-clock.ts'
import { SampleRuns } from './sample-runs.ts'
import { StreamUnits } from './stream-units.ts'

/** Of a programme, and of its film; each holds what is open of it. */
export const maxStreams = 24

const video: ReadonlySet<StreamKind> = new Set(['avc', 'hevc'])
const played: ReadonlySet<StreamKind> = new Set([...video, 'aac', 'latm', 'mpeg-audio', 'ac-3'])

/** All that was read of a film. */
export class ProgrammeTracks {
  readonly runs = new SampleRuns()
  readonly film = new FilmClock()
  readonly tracks: StreamUnits[] = []
  /** Streams that are announced and not read. */
  readonly skipped = new Map<number, Stream>()
  /** The first fault of each code and PID. */
  readonly problems: TsProblem[] = []
  /** By PID; one that is gone is kept, for its last unit comes behind the map that has it no more. */
  readonly #byPid = new Map<number, StreamUnits>()

  /** Takes what the reader of the stream gives. */
  take(event: UnitEvent): void {
    if (event.type === 'unit') this.#byPid.get(event.unit.pid)?.add(event.unit)
    else if (event.type === 'program') this.#adopt(event.program)
    else if (event.type === 'problem') this.#note(event.problem)
  }

  /** Nothing more comes. */
  end(): void {
    for (const track of this.tracks) track.end()
    this.runs.end()
  }

  /** Faults of a stream, or of none. */
  problemsOf(pid: number | undefined): readonly TsProblem[] {
    return this.problems.filter((one) => one.pid === pid)
  }

  #note(problem: TsProblem): void {
    const isKnown = this.problems.some(({ code, pid }) => code === problem.code && pid === problem.pid)
    if (!isKnown && this.problems.length < maxProblems) this.problems.push(problem)
  }

  #adopt({ streams }: Program): void {
    const taken = new Set<StreamUnits>()
    const others: Stream[] = []
    for (const stream of streams) {
      const known = this.#byPid.get(stream.pid)
      if (!played.has(stream.kind)) this.skipped.set(stream.pid, stream)
      else if (known?.stream.kind === stream.kind && !taken.has(known)) taken.add(known)
      else others.push(stream)
    }
    for (const stream of others) {
      const heir = this.tracks.find((track) => !taken.has(track) && goesOn(track.stream, stream))
      const track = heir ?? this.#open(stream)
      taken.add(track)
      this.#byPid.set(stream.pid, track)
    }
  }

  #open(stream: Stream): StreamUnits {
    if (this.tracks.length === maxTracks)
      throw new HeadendError(
        'MP4_TRACKS_MANY',
        `PID ${stream.pid}: expected at most ${maxTracks} streams of audio and video, got more`,
      )
    const track = new StreamUnits(stream, this)
    this.tracks.push(track)
    return track
  }
}

const maxTracks = 64
const maxProblems = 256

/** True if one stream is the continuation of another: its kind and language, or simply the programme's video. */
const goesOn = (before: Stream, next: Stream): boolean =>
  video.has(before.kind)
    ? video.has(next.kind)
    : before.kind === next.kind && before.language === next.language
