/** Transport streams for tests: FFmpeg's, put together and broken by hand, and what it decodes of them. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ffmpegFilm } from '../../house/ffmpeg.ts'
import { bytesSource } from '../films/films.ts'
import { type Shelf, shelve } from '../films/shelf.ts'

const packetBytes = 188
const picture = '-f lavfi -i testsrc2=size=160x96:rate=25:duration=6'
const tone = '-f lavfi -i sine=frequency=440:sample_rate=48000:duration=6'
/** A key frame each second. */
export const avc = '-c:v libx264 -preset ultrafast -pix_fmt yuv420p -bf 2 -g 25 -sc_threshold 0'

/** Six seconds of a picture and a tone, as FFmpeg writes them with these words. */
export const streamOf = (words: string): Uint8Array =>
  readFileSync(ffmpegFilm(`${picture} ${tone} ${words} -f mpegts`, 'ts'))

/** Video and audio, the first time at so many seconds. */
export const plainStream = (offsetSeconds = 0): Uint8Array =>
  streamOf(`${avc} -c:a aac -output_ts_offset ${offsetSeconds}`)

/** Streams one behind the other. */
export const joinedStreams = (...streams: readonly Uint8Array[]): Uint8Array => Buffer.concat(streams)

/** The packets changed one by one; what becomes undefined is left out. */
export function changedPackets(
  bytes: Uint8Array,
  change: (packet: Buffer, index: number) => Uint8Array | undefined,
): Uint8Array {
  const packets: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += packetBytes) {
    const packet = change(Buffer.from(bytes.subarray(at, at + packetBytes)), at / packetBytes)
    if (packet) packets.push(packet)
  }
  return Buffer.concat(packets)
}

/** Of a packet. */
export const pidOf = (packet: Uint8Array): number => (((packet[1] ?? 0) & 31) << 8) | (packet[2] ?? 0)

/** A stream on a shelf. */
export const shown = (bytes: Uint8Array): Promise<Shelf> => shelve(bytesSource(bytes, 'film.ts'))

/** A decoded frame: when it is shown, and its digest. */
export interface Decoded {
  readonly seconds: number
  readonly md5: string
}

/** What FFmpeg decodes of one kind of track. */
export function decoded(bytes: Uint8Array, kind: 'v' | 'a'): Decoded[] {
  const folder = mkdtempSync(join(tmpdir(), 'headend-stream-'))
  try {
    const path = join(folder, 'film')
    writeFileSync(path, bytes)
    // A clock of the frame rate would round times by half a picture.
    const clock = kind === 'v' ? ['-enc_time_base', '1/90000'] : []
    const output = [...clock, '-fps_mode', 'passthrough', '-f', 'framemd5', '-']
    const args = ['-v', 'error', '-copyts', '-i', path, '-map', `0:${kind}:0`, ...output]
    const text = execFileSync('ffmpeg', args, { encoding: 'utf8', maxBuffer: 2 ** 26 })
    const [, numerator = '1', denominator = '1'] = /^#tb 0: (\d+)\/(\d+)/m.exec(text) ?? []
    return text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        const fields = line.split(',')
        const ticks = Number(fields[2])
        return {
          seconds: (ticks * Number(numerator)) / Number(denominator),
          md5: fields[5]?.trim() ?? '',
        }
      })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What FFmpeg decodes of a track as it is delivered. */
export async function decodedTrack(shelf: Shelf, id: string): Promise<Decoded[]> {
  const track = shelf.played.find((one) => one.id === id)
  if (!track) throw new Error(`expected a track ${id}, got none`)
  return decoded(await shelf.track(track), track.type === 'video' ? 'v' : 'a')
}
