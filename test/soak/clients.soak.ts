/** Flash and beep in what players put out that are no browsers; the others are measured in `test/house` and `test/browser`. */
import { execFile, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ffmpegMissing } from '../house/ffmpeg.ts'
import { flashFilms } from '../house/films/flash-films.ts'
import { openScreening, type Screening } from '../house/screening.ts'
import { flashesAndBeeps, pictureDelays } from '../judges/media/lip-sync.ts'

const folder = mkdtempSync(join(tmpdir(), 'headend-clients-'))
let screening: Screening
beforeAll(async () => {
  chmodSync(folder, 0o777)
  screening = await openScreening()
})
afterAll(() => {
  screening?.close()
  rmSync(folder, { recursive: true })
})

/** A player that writes what it plays to a file. */
interface Client {
  readonly name: string
  readonly program: string
  readonly packages: string
  /** Their own limits: GStreamer plays the priming of AAC, VLC's transcoding jitters. */
  readonly mostSeconds: number
  /** Films it cannot be measured with, and why. */
  readonly not?: Readonly<Record<string, string>>
  args(url: string, file: string): readonly string[]
}

const notInOneFile = {
  'a ladder whose files reorder differently': 'it changes the size of pictures, which its file cannot hold',
  'an edit that begins within a group': 'it plays the sound that the init segment hides by an edit list',
}

/** VLC plays nothing for root. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

const queue = 'queue max-size-time=0 max-size-bytes=0 max-size-buffers=0'
const clients: readonly Client[] = [
  {
    name: 'mpv',
    program: 'mpv',
    packages: 'mpv',
    mostSeconds: 0.005,
    args: (url, file) =>
      `--no-config --really-quiet --o=${file} --of=matroska --ovc=mpeg4 --oac=pcm_s16le ${url}`.split(' '),
  },
  {
    name: 'GStreamer',
    program: 'gst-launch-1.0',
    packages: 'gstreamer1.0-tools gstreamer1.0-plugins-base -good -bad gstreamer1.0-libav',
    mostSeconds: 0.025,
    not: notInOneFile,
    args: (url, file) =>
      `-q uridecodebin uri=${url} name=d matroskamux name=m ! filesink location=${file} d. ! ${queue} ! videoconvert ! jpegenc ! ${queue} ! m. d. ! ${queue} ! audioconvert ! audio/x-raw,format=S16LE ! ${queue} ! m.`.split(
        ' ',
      ),
  },
  {
    name: 'VLC',
    program: 'cvlc',
    packages: 'vlc-bin vlc-plugin-base',
    mostSeconds: 0.05,
    not: notInOneFile,
    args: (url, file) => [
      '--quiet',
      '--no-sout-all',
      `--sout=#transcode{vcodec=mp4v,vb=2000,acodec=s16l}:std{access=file,mux=mkv,dst=${file}}`,
      url,
      'vlc://quit',
    ],
  },
]

const cases = clients.flatMap((client) =>
  flashFilms.flatMap((film) => (['hls', 'dash'] as const).map((protocol) => ({ client, film, protocol }))),
)

describe.skipIf(ffmpegMissing !== undefined)('flash and beep', () => {
  it.for(cases)(
    'come together in $client.name, $film.name, $protocol',
    { retry: 2 },
    async (one, { skip }) => {
      const { client, film, protocol } = one
      const why = client.not?.[film.name]
      skip(why !== undefined, why)
      const { program, packages, mostSeconds } = client
      skip(
        spawnSync(program, ['--version']).error !== undefined,
        `no ${program} (Debian: apt-get install ${packages})`,
      )
      const shown = await screening.show(`flash-${flashFilms.indexOf(film)}`, film.files())
      const file = join(folder, `${cases.indexOf(one)}.mkv`)
      await promisify(execFile)(program, [...client.args(shown[protocol], file)], {
        timeout: 120_000,
        env: { ...process.env, HOME: folder },
        ...nobody,
      })
      const seen = await flashesAndBeeps(file)
      expect(seen.flashes.length).toBeGreaterThan(7)
      const delays = pictureDelays(seen)
      console.log(
        `${client.name} ${film.name} ${protocol}: ${delays.map((delay) => Math.round(delay * 1000)).join(' ')} ms`,
      )
      for (const delay of delays) expect(Math.abs(delay)).toBeLessThanOrEqual(mostSeconds)
    },
  )
})
