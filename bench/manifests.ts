/** How long a manifest takes, each in a process of its own, as the edge function is one. */
import type { Result } from './measure.ts'
import { run } from './process-run.ts'
import { programOf } from './programs.ts'

/** Half an hour, six hours and two days of 6 s segments, and how many milliseconds a hundredth may take. */
const lengths = [
  { count: 300, times: 4000, maxMs: 0.5 },
  { count: 3600, times: 1000, maxMs: 2 },
  { count: 28_800, times: 300, maxMs: 20 },
]
const paths = [
  ['HLS media playlist', 'vod/film/0123456789abcdef/video-1.m3u8'],
  ['HLS media playlist of sound', 'vod/film/0123456789abcdef/audio-1.m3u8'],
  ['DASH MPD', 'vod/film/index.mpd'],
] as const

/** What the program prints. */
interface Times {
  readonly bytes: number
  readonly warm: { readonly p50: number; readonly p99: number }
  readonly cold: { readonly p50: number; readonly p99: number }
}

export async function manifests(): Promise<Result[]> {
  const program = await programOf('make-manifests')
  const results: Result[] = []
  for (const { count, times, maxMs } of lengths)
    for (const [name, path] of paths) {
      const { output } = await run(process.execPath, [program, path, `${count}`, `${times}`])
      const { bytes, warm, cold } = JSON.parse(output) as Times
      results.push({
        bench: 'manifest',
        case: `${name}, ${count} segments`,
        unit: 'ms',
        ...warm,
        note: `${(bytes / 1000).toFixed(0)} kB; cold ${cold.p50.toFixed(2)} / ${cold.p99.toFixed(2)} ms`,
        goal: { of: 'p99', atMost: maxMs },
      })
    }
  return results
}
