/** When a film of flashes and beeps flashes and when it beeps, as FFmpeg shows it. */
import { execFile } from 'node:child_process'
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
const nowhere = ['-f', 'null', '-']

/** Opens a file or a URL, decodes its first pictures and its first sound, and finds where each begins; the key is in hex. */
export async function flashesAndBeeps(
  from: string,
  { decryptionKey }: { readonly decryptionKey?: string } = {},
): Promise<FlashesAndBeeps> {
  const key = decryptionKey === undefined ? [] : ['-cenc_decryption_key', decryptionKey]
  const luma = 'format=gray,signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-'
  const pictures = ['-map', '0:v:0', '-vf', luma, ...nowhere]
  const sound = ['-map', '0:a:0', '-af', loud, ...nowhere]
  const { stdout, stderr } = await promisify(execFile)(
    'ffmpeg',
    ['-hide_banner', '-nostats', '-copyts', ...key, '-i', from, ...pictures, ...sound],
    { maxBuffer: 2 ** 26 },
  )
  const flashes: number[] = []
  let wasBright = false
  for (const [, seconds, average] of stdout.matchAll(/pts_time:(\S+)\s+lavfi\.signalstats\.YAVG=(\S+)/g)) {
    const isBright = Number(average) > brightLuma
    if (isBright && !wasBright) flashes.push(Number(seconds))
    wasBright = isBright
  }
  const beeps = Array.from(stderr.matchAll(/silence_end: (\S+)/g), ([, seconds]) => Number(seconds))
  return { flashes, beeps }
}

/** Seconds by which each flash is later than its beep; throws where there is none within a second. */
export function pictureDelays({ flashes, beeps }: FlashesAndBeeps): number[] {
  if (flashes.length === 0) throw new Error('no flash was seen')
  return flashes.map((flash) => {
    const delay = beeps.map((beep) => flash - beep).find((one) => Math.abs(one) < 1)
    if (delay === undefined) throw new Error(`no beep near the flash at ${flash} s among ${beeps.join()}`)
    return delay
  })
}
