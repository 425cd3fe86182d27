/**
 * A transport stream under `vod/` as a film. Its samples do not lie in one piece anywhere in it, so they are written once
 * more, as they are, one behind the other; times and all else are told by its packets in the same pass.
 */
import type { SkippedTrack } from '../../assets/index.ts'
import { HeadendError } from '../../errors.ts'
import {
  beginsTransportStream,
  createUnitReader,
  type Program,
  privateAudio,
  programsIn,
  type TsReader,
} from '../../formats/mpegts/index.ts'
import type { SampleBudget } from '../reading/sample-budget.ts'
import type { Source } from '../reading/source.ts'
import type { FileTracks } from '../reading/source-track.ts'
import { filmTracks } from './film-tracks.ts'
import { maxStreams, ProgrammeTracks } from './programme-tracks.ts'

/** Bytes of one read; the next one is on its way while they are taken apart. */
const readBytes = 8 * 2 ** 20
/** What one stream may hold of a packet, and of a picture. */
const maxUnitBytes = 8 * 2 ** 20
/** The largest stream that is read and written within the two minutes of ingest: that takes 40 MB a second. */
const maxFileBytes = 4 * 2 ** 30
/** How often progress is told: each time is a write. */
const progressShare = 0.05

/** Where the samples go, and what is told on the way. */
export interface TransportPorts {
  /** Stores the samples. */
  readonly keep: (chunks: AsyncIterable<Uint8Array>) => Promise<unknown>
  readonly budget: SampleBudget
  /** Called with the share of the file that was read. */
  readonly progress?: (share: number) => Promise<void>
}

/** Bytes that tell a transport stream from others. */
const headBytes = 4096

/** True if a file is a transport stream, whatever its name. */
export async function isTransport(source: Source): Promise<boolean> {
  const length = Math.min(headBytes, source.size)
  return beginsTransportStream(await source.read(0, length), length === source.size)
}

/** Throws TS_FILE_LARGE for a file that takes too long. */
export async function readTransport(
  source: Source,
  { keep, budget, progress }: TransportPorts,
): Promise<FileTracks> {
  if (source.size > maxFileBytes)
    throw new HeadendError(
      'TS_FILE_LARGE',
      `${source.name}: expected a transport stream of at most ${maxFileBytes} bytes, got ${source.size}; put it into MP4, which needs no new encoding, and upload that`,
    )
  const read = new ProgrammeTracks()
  let others: readonly Program[] = []
  let chosen: Program | undefined
  await keep(
    (async function* () {
      let reader: TsReader | undefined
      let told = 0
      for await (const { bytes, end } of chunksOf(source)) {
        if (!reader) {
          const programs = programsIn(bytes)
          chosen = programs.find(showsVideo) ?? programs[0]
          others = programs.filter((one) => one !== chosen)
          reader = createUnitReader({
            // A map that changes its number in mid-stream is followed, unless another one was chosen.
            ...(chosen && chosen !== programs[0] && { program: chosen.number }),
            kinds: privateAudio(bytes, programs),
            maxPesBytes: maxUnitBytes,
            maxUnitBytes,
            maxStreams,
          })
        }
        for (const event of reader.push(bytes)) read.take(event)
        yield* read.runs.take()
        if (end / source.size < told + progressShare) continue
        told = end / source.size
        await progress?.(told)
      }
      for (const event of reader?.end() ?? []) read.take(event)
      read.end()
      yield* read.runs.take()
    })(),
  )
  budget.takeTracks(read.tracks.length)
  const film = filmTracks(read, source.name)
  for (const { trackId, samples } of film.tracks) budget.takeSamples(samples.count, `PID ${trackId}`)
  const unread = others.map((one) => otherProgram(one, chosen, source))
  return { ...film, skipped: [...film.skipped, ...unread] }
}

const showsVideo = ({ streams }: Program): boolean =>
  streams.some(({ kind, shows }) => kind === 'avc' || kind === 'hevc' || shows === 'video')

const otherProgram = ({ number }: Program, chosen: Program | undefined, { name }: Source): SkippedTrack => ({
  file: name,
  code: 'TS_PROGRAMS_SEVERAL',
  reason: `expected one programme, got programme ${number} beside ${chosen?.number}, which is delivered; upload each as a film of its own`,
})

/** The file in order, each part with where it ends. */
async function* chunksOf(
  source: Source,
): AsyncGenerator<{ readonly bytes: Uint8Array; readonly end: number }> {
  const read = (at: number): Promise<Uint8Array> | undefined => {
    const next = at < source.size ? source.read(at, Math.min(readBytes, source.size - at)) : undefined
    // It is awaited when it is needed; until then its rejection is not unhandled.
    next?.catch(() => undefined)
    return next
  }
  let at = 0
  let ahead = read(0)
  while (ahead) {
    const bytes = await ahead
    at += bytes.length
    if (bytes.length === 0)
      throw new HeadendError('OBJECT_SHORT', `${source.name}: expected ${source.size} bytes, got ${at}`, {
        status: 502,
      })
    ahead = read(at)
    yield { bytes, end: at }
  }
}
