/** The `codecs` parameter as a sample entry makes it (RFC 6381), by the judge's own reading of the entry. */
import { type Atom, fields, uint, within } from './boxes.ts'

const hex = (value: number): string => value.toString(16).padStart(2, '0')
/** Bytes in front of the boxes within. */
export const entryFields: Readonly<Record<string, number>> = { vide: 78, soun: 28, text: 8 }

/** The boxes of a sample entry by type; `stpp` has words instead. */
export function partsOf(entry: Atom, handler: string): ReadonlyMap<string, Atom> {
  if (entry.type === 'stpp') return new Map()
  return new Map(within(entry, entryFields[handler] ?? 8).map((part) => [part.type, part]))
}

/** Start of the codecs string, as far as the entry alone tells it. */
export function codecOf(entry: Atom, handler: string): string {
  const parts = partsOf(entry, handler)
  const { type } = entry
  const [avcC, hvcC, av1C, vpcC, esds] = ['avcC', 'hvcC', 'av1C', 'vpcC', 'esds'].map((name) =>
    parts.get(name),
  )
  if (avcC) return `${type}.${[1, 2, 3].map((at) => hex(uint(avcC, at, 1))).join('')}`
  if (hvcC) return `${type}.${hevc(hvcC)}`
  if (av1C) {
    const [second, third] = [uint(av1C, 1, 1), uint(av1C, 2, 1)]
    const depth = third & 0x40 ? (third & 0x20 ? 12 : 10) : 8
    return `av01.${second >> 5}.${two(second & 31)}${third & 0x80 ? 'H' : 'M'}.${two(depth)}`
  }
  if (vpcC) return `vp09.${two(uint(vpcC, 4, 1))}`
  if (esds) {
    const { objectType, specific } = decoderOf(esds)
    if (objectType !== 0x40) return `mp4a.${objectType.toString(16).toUpperCase()}`
    return `mp4a.40.${soundOf(specific).objectType}`
  }
  return type === 'Opus' ? 'opus' : type
}

const two = (value: number): string => String(value).padStart(2, '0')

/** ISO/IEC 14496-15 E.3. */
function hevc(hvcC: Atom): string {
  const first = uint(hvcC, 1, 1)
  let [bits, reversed] = [uint(hvcC, 2, 4), 0]
  for (let i = 0; i < 32; i++) {
    reversed = (reversed * 2 + (bits % 2)) % 2 ** 32
    bits = Math.floor(bits / 2)
  }
  const constraints = Array.from(fields(hvcC, 6, 12))
  while (constraints.at(-1) === 0) constraints.pop()
  const space = ['', 'A', 'B', 'C'][first >> 6]
  const level = `${first & 32 ? 'H' : 'L'}${uint(hvcC, 12, 1)}`
  const rest = constraints.map((byte) => `.${byte.toString(16)}`).join('')
  return `${space}${first & 31}.${reversed.toString(16)}.${level}${rest}`
}

/** objectTypeIndication and DecoderSpecificInfo of an `esds` (ISO/IEC 14496-1 7.2.6). */
export function decoderOf(esds: Atom): { readonly objectType: number; readonly specific: Uint8Array } {
  let at = 4
  const open = (): number => {
    at++
    let length = 0
    for (let more = true; more; ) {
      const byte = uint(esds, at++, 1)
      length = length * 128 + (byte & 127)
      more = byte > 127
    }
    return length
  }
  open()
  const streams = uint(esds, at + 2, 1)
  at += 3 + (streams & 0x80 ? 2 : 0) + (streams & 0x20 ? 2 : 0)
  const length = open()
  const objectType = uint(esds, at, 1)
  const end = at + length
  at += 13
  if (at >= end) return { objectType, specific: new Uint8Array(0) }
  const specific = open()
  return { objectType, specific: fields(esds, at, at + specific) }
}

const rates = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350]

/** An AudioSpecificConfig (ISO/IEC 14496-3 1.6.2.1) as far as its first fields. */
export interface SoundConfig {
  readonly objectType: number
  /** Rates a sample entry may state: of the core, and with SBR. */
  readonly rates: readonly number[]
  readonly channels: number
}

/** Reads it, with SBR and PS signalled in front or behind. */
export function soundOf(specific: Uint8Array): SoundConfig {
  const digits = Array.from(specific, (byte) => byte.toString(2).padStart(8, '0')).join('')
  let at = 0
  const take = (count: number): number => {
    at += count
    return Number.parseInt(digits.slice(at - count, at) || '0', 2)
  }
  const type = (): number => {
    const five = take(5)
    return five === 31 ? 32 + take(6) : five
  }
  const rate = (): number => {
    const index = take(4)
    return index === 15 ? take(24) : (rates[index] ?? 0)
  }
  const objectType = type()
  const core = rate()
  const channels = take(4)
  if (objectType === 5 || objectType === 29) return { objectType, rates: [core, rate()], channels }
  const sync = digits.indexOf('01010110111', at)
  if (sync < 0 || objectType !== 2 || digits[sync + 16] !== '1')
    return { objectType, rates: [core], channels }
  at = sync + 17
  const extended = rate()
  const isPs = digits.slice(at, at + 12) === '101010010001'
  return { objectType: isPs ? 29 : 5, rates: [core, extended], channels }
}
