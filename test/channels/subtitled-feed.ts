/** A feed of FFmpeg's with subtitles as WebVTT. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { segmentSeconds, type Written, writtenBy } from './feeds.ts'

/** How many segments there are of each track. */
export const subtitledSegments = 12

/** A cue in each segment, half a second behind its beginning, but in the third, which has none. */
const subtitles = Array.from({ length: subtitledSegments }, (_, i) => i)
  .filter((i) => i !== 2)
  .map((i) => `${i + 1}\n00:00:${at(i * 2 + 0.5)} --> 00:00:${at(i * 2 + 1.5)}\nline ${i}\n\n`)
  .join('')

function at(seconds: number): string {
  return seconds.toFixed(3).padStart(6, '0').replace('.', ',')
}

/** What FFmpeg writes of them; its transport streams begin at 1.4 s otherwise, of which its WebVTT says nothing. */
export function subtitledFeed(more = ''): readonly Written[] {
  const folder = mkdtempSync(join(tmpdir(), 'headend-srt-'))
  try {
    const lines = join(folder, 'lines.srt')
    writeFileSync(lines, subtitles)
    return writtenBy(
      'vtt',
      subtitledSegments * segmentSeconds,
      `-muxdelay 0 -muxpreload 0 ${more}`,
      `-i ${lines}`,
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}
