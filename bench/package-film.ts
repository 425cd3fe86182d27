/** `node package-film FILM FOLDER`: a film as CMAF segments with HLS and DASH manifests, written to disk. */
import { closeSync, mkdirSync, openSync, writeFileSync, writev } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { respond, type TimelineReader } from '../lib/delivery/index.ts'
import { initFile, trackPath } from '../lib/timeline/media-path.ts'
import { encodeTimeline, timelinePrefix } from '../lib/timeline/stored.ts'
import type { Timeline } from '../lib/timeline/timeline.ts'
import { openFilm, segmentPath, timelineId, version } from './film-file.ts'
import { inLanes } from './lanes.ts'

const [film = '', folder = ''] = process.argv.slice(2)
const write = promisify(writev)
const { films, packager, close } = await openFilm(film)
// What the other packagers write: pictures and sound, no tracks for seeking.
const tracks = films.timeline.tracks.filter(
  ({ type, trickOf }) => trickOf === undefined && (type === 'video' || type === 'audio'),
)
const files = tracks.flatMap(({ id, configs, segments }) => {
  const directory = trackPath({ scheme: 'clear' }, timelineId, version, id)
  mkdirSync(join(folder, directory), { recursive: true })
  return [
    ...configs.map((config) => ({ path: `/${directory}${initFile(config.id)}`, number: 0 })),
    ...segments.map((segment) => ({ path: segmentPath(id, segment), number: segment.number })),
  ]
})
// Sound lies between the pictures: what was just read for them is still at hand.
const inOrder = files.toSorted((a, b) => a.number - b.number)
const media = inLanes(inOrder, async ({ path }) => {
  const { status, body } = await packager.answer({ method: 'GET', path, headers: {} })
  if (status !== 200) throw new Error(`${path}: expected 200, got ${status}`)
  const target = openSync(join(folder, path), 'w')
  // A segment's head and its first samples are one write.
  let front: Uint8Array[] | undefined
  for await (const chunk of body) {
    if (front) await write(target, [...front, chunk])
    front = front ? [] : [chunk]
  }
  if (front && front.length > 0) await write(target, front)
  closeSync(target)
})
// While the disk is at work.
const manifests = ['index.m3u8', 'index.mpd', ...tracks.map(({ id }) => `${version}/${id}.m3u8`)]
const reader = readerOf(films.timeline)
for (const name of manifests) {
  const path = `${timelineId}/${name}`
  mkdirSync(join(folder, dirname(path)), { recursive: true })
  writeFileSync(join(folder, path), (await respond({ method: 'GET', path }, reader)).body)
}
await media
await close()

function readerOf(timeline: Timeline): TimelineReader {
  const prefix = timelinePrefix(timelineId, version)
  const { head, parts } = encodeTimeline(timeline)
  const objects = new Map([['timeline.json', head], ...parts.map(({ name, text }) => [name, text] as const)])
  return {
    current: () => Promise.resolve({ version }),
    object: (key) => Promise.resolve(objects.get(key.slice(prefix.length))),
  }
}
