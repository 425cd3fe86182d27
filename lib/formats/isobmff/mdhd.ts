/** MediaHeaderBox (ISO/IEC 14496-12 8.4.2). */
import { type Box, versionAndFlags } from './box.ts'
import type { ByteWriter } from './byte-writer.ts'
import { readDuration } from './duration.ts'

/** Timescale, duration and language of a track. */
export interface MediaHeader {
  readonly timescale: number
  /** The duration of all samples, in its timescale; absent if the file does not state it. */
  readonly duration?: number
  /** ISO 639-2/T, three lower-case letters; absent if not stated. Macintosh codes are translated. */
  readonly language?: string
}

/** Reads versions 0 and 1; a timescale of 0 is refused, since times would be undefined. */
export function readMdhd({ body }: Box): MediaHeader {
  const { version } = versionAndFlags(body)
  body.skip(version === 1 ? 16 : 8)
  const timescale = body.u32()
  if (timescale === 0) body.fail('MP4_TIMESCALE_ZERO', 'expected a timescale above 0, got 0')
  const duration = readDuration(body, version)
  const language = unpack(body.u16())
  return { timescale, ...(duration > 0 && { duration }), ...(language && language !== 'und' && { language }) }
}

/** Writes version 0 with duration 0. */
export function writeMdhd(to: ByteWriter, { timescale, language = 'und' }: MediaHeader): void {
  to.fullBox('mdhd', 0, 0, () => {
    to.zeros(8)
    to.u32(timescale)
    to.zeros(4)
    to.u16(pack(language))
    to.zeros(2)
  })
}

/**
 * QuickTime's language codes (QuickTime File Format, "Language Code Values"), from 1 on. Its 0 is English, but writers
 * also leave it there if the language is unknown.
 */
const macintosh =
  'fra deu ita nld swe spa dan por nor heb jpn ara fin ell isl mlt tur hrv zho urd hin tha kor lit pol hun est lav ' +
  'sme fao fas rus zho nld gle sqi ron ces slk slv yid srp mkd bul ukr bel uzb kaz aze aze hye kat mol kir tgk tuk'

/** Codes below 0x400 are QuickTime's Macintosh codes, 0x7fff is its "unspecified". */
function unpack(code: number): string | undefined {
  if (code < 0x400) return code === 0 ? undefined : macintosh.split(' ')[code - 1]
  const letters = [code >> 10, (code >> 5) & 31, code & 31]
  if (!letters.every((letter) => letter >= 1 && letter <= 26)) return undefined
  return String.fromCharCode(...letters.map((letter) => letter + 0x60))
}

function pack(language: string): number {
  let code = 0
  for (let i = 0; i < 3; i++) code = (code << 5) | ((language.charCodeAt(i) - 0x60) & 31)
  return code
}
