/** What a channel's playlists name, fetched as a player would, and decoded by FFmpeg. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { mediaReader } from '../../lib/packaging/segments/stored-media.ts'
import { objectReader } from '../../lib/platform/aws/objects.ts'
import { clearPackager } from '../packaging/segments/clear-packager.ts'
import { manifestPath, type startChannels } from './feeds.ts'

type Room = Awaited<ReturnType<typeof startChannels>>

/** A segment of a Media Playlist, and the init segment that it goes with. */
export interface ListedSegment {
  readonly path: string
  readonly init: string
  readonly seconds: number
  readonly isGap: boolean
}

/** Its segments; paths have no leading slash. */
export function listedIn(text: string, uri: string): readonly ListedSegment[] {
  const base = `http://any/${manifestPath(uri)}`
  const pathOf = (named: string): string => new URL(named, base).pathname.slice(1)
  let [init, seconds, isGap] = ['', 0, false]
  return text.split('\n').flatMap((line): readonly ListedSegment[] => {
    init = /^#EXT-X-MAP:URI="([^"]+)"/.exec(line)?.[1] ?? init
    seconds = Number(/^#EXTINF:([\d.]+)/.exec(line)?.[1] ?? seconds)
    isGap ||= line === '#EXT-X-GAP'
    if (line === '' || line.startsWith('#')) return []
    const listed = { path: pathOf(line), init: pathOf(init), seconds, isGap }
    isGap = false
    return [listed]
  })
}

/** Fetches media of a room's channel; `headers` are those of the request. */
export function fetcherOf({ client }: Room) {
  const buckets = { uploadBucket: 'upload', mediaBucket: 'media' }
  const packager = clearPackager(mediaReader(objectReader(client), buckets))
  return async (path: string, headers: Readonly<Record<string, string>> = {}) => {
    const answer = await packager.answer({ method: 'GET', path: `/${path}`, headers })
    return { ...answer, bytes: Buffer.concat(answer.body) }
  }
}

/** MD5 of each frame that FFmpeg shows of a file, in order. */
export async function shownFrames(file: Uint8Array): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'headend-frames-'))
  try {
    await writeFile(join(folder, 'a.mp4'), file)
    const words = [
      '-v',
      'error',
      '-i',
      'a.mp4',
      '-map',
      '0:v',
      '-fps_mode',
      'passthrough',
      '-f',
      'framemd5',
      '-',
    ]
    const { stdout } = await promisify(execFile)('ffmpeg', words, { cwd: folder })
    return stdout
      .split('\n')
      .flatMap((line) => (/^\d/.test(line) ? [line.split(',').at(-1)?.trim() ?? ''] : []))
  } finally {
    await rm(folder, { recursive: true })
  }
}
