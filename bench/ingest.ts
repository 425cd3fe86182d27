/** What it takes to index a film: bytes read, beside those of the boxes that describe it, and memory. */
import { openSync, readSync, statSync } from 'node:fs'
import { openFilm } from './film-file.ts'
import { demoFilm, has, longFilm, repeatedFilm } from './films.ts'
import type { Result } from './measure.ts'
import { run } from './process-run.ts'
import { programOf } from './programs.ts'

/** What may be read beside the boxes. */
const besideBytes = 65_536

export async function ingest(): Promise<Result[]> {
  const results = await bytesRead('demo film', demoFilm)
  if (!has('ffmpeg')) return results
  results.push(...(await bytesRead('300 MB film', repeatedFilm())))
  const program = await programOf('index-film')
  const { wallMs, peakBytes, output } = await run(process.execPath, [program, longFilm()])
  const { storedBytes, seconds } = JSON.parse(output) as { storedBytes: number; seconds: number }
  return [
    ...results,
    {
      bench: 'ingest',
      case: 'four hours, peak memory of the process',
      unit: 'MB',
      p50: (peakBytes ?? Number.NaN) / 1e6,
      note: `${(seconds / 3600).toFixed(1)} h in ${(wallMs / 1000).toFixed(1)} s; ${(storedBytes / 1e6).toFixed(1)} MB stored`,
      goal: { atMost: 256 },
    },
  ]
}

async function bytesRead(name: string, path: string): Promise<Result[]> {
  const { size } = statSync(path)
  const { tally, close } = await openFilm(path)
  close()
  const boxes = describingBytes(path, size)
  return [
    {
      bench: 'ingest',
      case: `${name}: bytes read`,
      unit: 'KB',
      p50: tally.bytes / 1000,
      note: `${tally.requests} requests; its boxes are ${(boxes / 1000).toFixed(0)} KB`,
      goal: { atMost: (boxes + besideBytes) / 1000 },
    },
    {
      bench: 'ingest',
      case: `${name}: share of it read`,
      unit: '%',
      p50: (100 * tally.bytes) / size,
      goal: { atMost: 2 },
    },
  ]
}

/** Bytes of all boxes but the media (ISO/IEC 14496-12 4.2). */
function describingBytes(path: string, size: number): number {
  const file = openSync(path, 'r')
  const header = Buffer.alloc(16)
  let bytes = 0
  for (let at = 0; at + 8 <= size; ) {
    readSync(file, header, 0, 16, at)
    const short = header.readUInt32BE(0)
    const length = short === 1 ? Number(header.readBigUInt64BE(8)) : short === 0 ? size - at : short
    bytes += header.toString('latin1', 4, 8) === 'mdat' ? 16 : length
    at += length
  }
  return bytes
}
