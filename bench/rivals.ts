/** The packagers ours is measured against, each made to write the same tracks as segments, HLS and DASH. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { contentKey } from './film-file.ts'
import { scratch } from './films.ts'

/** A program, and its arguments for a film and a folder. */
export interface Packager {
  readonly command: string
  readonly args: (film: string, folder: string) => readonly string[]
}

const shakaVersion = '3.4.2'

const words = (text: string): string[] => text.split(' ')

/** `ffmpeg -c copy` to fMP4; of transport streams it does not know the tags that MP4 wants. */
export const ffmpegOf = (tags: readonly string[] = []): Packager => ({
  command: 'ffmpeg',
  args: (film, folder) => [
    ...words('-v error -i'),
    film,
    ...words('-map 0:v:0 -map 0:a:0 -c copy'),
    ...tags,
    ...words('-f dash -seg_duration 6'),
    ...words('-use_template 1 -use_timeline 1 -hls_playlist 1'),
    join(folder, 'm.mpd'),
  ],
})

const shakaKey = (scheme: string): string[] => [
  ...words('--enable_raw_key_encryption --clear_lead 0 --protection_scheme'),
  scheme,
  '--keys',
  `label=:key_id=${contentKey.kid}:key=${contentKey.key.toString('hex')}`,
]

/** Shaka Packager, fetched from npm where it is not there yet; a sentence where it can't be had. */
export function shaka(scheme?: 'cenc' | 'cbcs'): Packager | string {
  const folder = join(scratch, 'shaka')
  const platform = { linux: 'linux', darwin: 'osx' }[process.platform as string]
  const command = join(folder, `node_modules/shaka-packager/bin/packager-${platform}-${process.arch}`)
  if (!existsSync(command)) {
    mkdirSync(folder, { recursive: true })
    // Not a dependency: 36 MB of binaries that only this bench wants.
    const what = `shaka-packager@${shakaVersion}`
    const args = ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', what]
    const { status, stderr } = spawnSync('npm', args, { encoding: 'utf8' })
    if (status !== 0) return `npm can't fetch ${what}: ${stderr.trim().split('\n').at(-1) ?? ''}`
  }
  if (!existsSync(command)) return `there is no shaka-packager for ${process.platform} ${process.arch}`
  return {
    command,
    args: (film, to) => [
      ...['video', 'audio'].map((type) => {
        const files = `init_segment=${to}/${type}/init.mp4,segment_template=${to}/${type}/$Number$.m4s`
        return `in=${film},stream=${type},${files},playlist_name=${type}.m3u8`
      }),
      ...words('--segment_duration 6 --generate_static_live_mpd --mpd_output'),
      join(to, 'm.mpd'),
      '--hls_master_playlist_output',
      join(to, 'm.m3u8'),
      ...(scheme ? shakaKey(scheme) : []),
    ],
  }
}
