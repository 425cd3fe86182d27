/** When a film of flashes and beeps flashes and when it beeps, as FFmpeg shows it. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Media seconds, in order. */
export interface FlashesAndBeeps {
  readonly flashes: readonly number[]
  readonly beeps: readonly number[]
}

/** Half the way from black to white in limited range, of 255. */
const brightLuma = 125
/** Loud is above -20 dB; what is loud again within half a second is the same beep. */
const loud = 'silencedetect=noise=-20dB:duration=0.5'
/** A flash fills the picture: some of it says as much as all of it. */
const luma = 'crop=16:16,format=gray,signalstats'
const nowhere = ['-f', 'null', '-']

/** What to open, and the key in hex where it is encrypted. */
export interface Opened {
  readonly from: string
  readonly decryptionKey?: string
}

/** Opens a file or a URL, decodes its first pictures and its first sound, and finds where each begins. */
export async function flashesAndBeeps(
  from: string,
  how: Omit<Opened, 'from'> = {},
): Promise<FlashesAndBeeps> {
  const [seen] = await allFlashesAndBeeps([{ from, ...how }])
  if (!seen) throw new Error(`${from} was not opened`)
  return seen
}

/** The same of several in one process, which takes long to start. */
export async function allFlashesAndBeeps(opened: readonly Opened[]): Promise<FlashesAndBeeps[]> {
  const folder = mkdtempSync(join(tmpdir(), 'headend-lip-sync-'))
  try {
    const path = (kind: string, i: number): string => join(folder, `${kind}-${i}.txt`)
    const inputs = opened.flatMap(({ from, decryptionKey }) => [
      ...(decryptionKey === undefined ? [] : ['-cenc_decryption_key', decryptionKey]),
      '-i',
      from,
    ])
    const outputs = opened.flatMap((_, i) => {
      const averages = `${luma},metadata=print:key=lavfi.signalstats.YAVG:file=${path('luma', i)}`
      const silences = `${loud},ametadata=print:key=lavfi.silence_end:file=${path('silence', i)}`
      return [
        '-map',
        `${i}:v:0`,
        '-vf',
        averages,
        ...nowhere,
        '-map',
        `${i}:a:0`,
        '-af',
        silences,
        ...nowhere,
      ]
    })
    await promisify(execFile)('ffmpeg', ['-v', 'error', '-nostats', '-copyts', ...inputs, ...outputs])
    return opened.map((_, i) => ({
      flashes: flashesIn(readFileSync(path('luma', i), 'utf8')),
      beeps: beepsIn(readFileSync(path('silence', i), 'utf8')),
    }))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function flashesIn(averages: string): number[] {
  const flashes: number[] = []
  let wasBright = false
  for (const [, seconds, average] of averages.matchAll(/pts_time:(\S+)\s+lavfi\.signalstats\.YAVG=(\S+)/g)) {
    const isBright = Number(average) > brightLuma
    if (isBright && !wasBright) flashes.push(Number(seconds))
    wasBright = isBright
  }
  return flashes
}

const beepsIn = (silences: string): number[] =>
  Array.from(silences.matchAll(/silence_end=(\S+)/g), ([, seconds]) => Number(seconds))

/** Seconds by which each flash is later than its beep; throws where there is none within a second. */
export function pictureDelays({ flashes, beeps }: FlashesAndBeeps): number[] {
  if (flashes.length === 0) throw new Error('no flash was seen')
  return flashes.map((flash) => {
    const delay = beeps.map((beep) => flash - beep).find((one) => Math.abs(one) < 1)
    if (delay === undefined) throw new Error(`no beep near the flash at ${flash} s among ${beeps.join()}`)
    return delay
  })
}
