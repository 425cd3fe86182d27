/** Rules of audio tracks (ISO/IEC 23000-19 10). */
import { fields, uint } from './boxes.ts'
import type { Findings } from './clauses.ts'
import { decoderOf, partsOf, soundOf } from './codec-string.ts'
import type { CmafHeader } from './init-rules.ts'
import { type CmafFragment, nonSync } from './segment-rules.ts'

const configurations: Readonly<Record<string, string>> = {
  mp4a: 'esds',
  'ac-3': 'dac3',
  'ec-3': 'dec3',
  'ac-4': 'dac4',
  Opus: 'dOps',
  fLaC: 'dfLa',
}

/** Judges the sample entry of sound. */
export function audioEntryRules({ entry, handler }: CmafHeader, findings: Findings): void {
  const want = findings.want.bind(findings)
  const [version, channels, rate] = [uint(entry, 8, 2), uint(entry, 16, 2), uint(entry, 24, 4) / 65536]
  want(version === 0 && channels > 0, 'audio.entry', 'init', `version ${version}, ${channels} channels`)
  const parts = partsOf(entry, handler)
  const needed = configurations[entry.type]
  const own = needed === undefined ? undefined : parts.get(needed)
  want(own !== undefined, 'audio.configuration', 'init', `${entry.type} without ${needed}`)
  if (!own) return
  const known: readonly number[] | undefined = ratesOf[entry.type]?.(own)
  // What does not fit 16 bits is left to the configuration.
  const isLarge = rate === 0 && known?.some((one) => one > 65535)
  want(
    known === undefined || known.includes(rate) || isLarge === true,
    'audio.entry',
    'init',
    `${rate} Hz, the configuration says ${known?.join(' or ')}`,
  )
  if (entry.type !== 'mp4a') return
  const { objectType, specific } = decoderOf(own)
  const mp3 = objectType === 0x69 || objectType === 0x6b
  const complete = mp3 ? specific.length === 0 : specific.length >= 2
  want(
    complete,
    'audio.configuration',
    'init',
    `object type ${objectType.toString(16)} with ${specific.length} bytes of configuration`,
  )
}

const ac3Rates = [48000, 44100, 32000]
/** Rates that the entry may state, by the codec's own box; undefined where it does not tell. */
const ratesOf: Readonly<Record<string, (own: Parameters<typeof uint>[0]) => readonly number[] | undefined>> =
  {
    mp4a: (esds) => {
      const { objectType, specific } = decoderOf(esds)
      return objectType === 0x40 && soundOf(specific).objectType !== 42 ? soundOf(specific).rates : undefined
    },
    'ac-3': (dac3) => [ac3Rates[uint(dac3, 0, 1) >> 6] ?? 0],
    'ec-3': (dec3) => {
      const code = uint(dec3, 2, 1) >> 6
      return code === 3 ? undefined : [ac3Rates[code] ?? 0]
    },
    Opus: () => [48000],
    fLaC: (dfla) => {
      const [high = 0, middle = 0, low = 0] = fields(dfla, 4 + 4 + 10, 4 + 4 + 13)
      const rate = (high << 12) | (middle << 4) | (low >> 4)
      // Above what 16 bits hold a part of it stands (3.3.1 of the encapsulation).
      return [rate, rate / 2, rate / 4].filter((one) => one < 65536)
    },
  }

/** Every frame of sound starts anew and is heard in its order. */
export function audioSampleRules(fragments: readonly CmafFragment[], findings: Findings): void {
  for (const { samples, where } of fragments) {
    const odd = samples.find(
      ({ decode, shown, flags, bytes }) => decode !== shown || (flags & nonSync) !== 0 || bytes.length === 0,
    )
    findings.want(
      odd === undefined,
      'audio.samples',
      where,
      `a frame at ${odd?.decode} that is empty, not sync or shown at another time`,
    )
  }
}
