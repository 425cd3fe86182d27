/** Identifies a file that is no MP4 by its first bytes, so that the uploader learns what it is and what to do. */

/** Name of the format, as it follows "got", and advice as a clause for the end of the message. */
export interface ForeignFile {
  readonly name: string
  readonly advice: string
}

const rewrap = 'put it into MP4, which needs no new encoding where MP4 can hold its codecs, and upload that'
const encode = 'encode it as AAC, FLAC or Opus in an MP4 and upload that'
const unpack = 'unpack it and upload the film that is in it'
const itself = 'it only names the film; upload the film itself'
const besideFilm = 'upload it into the folder of its film, under a name that ends in .vtt or .srt'
const toWebVtt = 'convert it to WebVTT and upload that into the folder of its film'
const noFilm = 'upload the film itself'

/** Signature: Latin-1 text at offsets, the shortest that tells one format from all others here. */
type Sign = readonly [name: string, advice: string, ...parts: readonly (readonly [number, string])[]]

const signs: readonly Sign[] = [
  ['Matroska or WebM', rewrap, [0, '\x1aE\xdf\xa3']],
  ['AVI', rewrap, [0, 'RIFF'], [8, 'AVI ']],
  ['WAV', encode, [0, 'RIFF'], [8, 'WAVE']],
  ['WAV', encode, [0, 'RF64'], [8, 'WAVE']],
  ['AIFF', encode, [0, 'FORM'], [8, 'AIF']],
  ['Core Audio', rewrap, [0, 'caff']],
  ['Ogg', rewrap, [0, 'OggS']],
  ['FLAC', rewrap, [0, 'fLaC']],
  ['Flash Video', rewrap, [0, 'FLV']],
  ['MP3', rewrap, [0, 'ID3']],
  ['MP3', rewrap, [0, '\xff\xfb']],
  ['MP3', rewrap, [0, '\xff\xf3']],
  ['AAC (ADTS)', rewrap, [0, '\xff\xf1']],
  ['AAC (ADTS)', rewrap, [0, '\xff\xf9']],
  ['AC-3 or E-AC-3', rewrap, [0, '\x0b\x77']],
  ['ASF (WMV)', rewrap, [0, '0&\xb2u']],
  ['RealMedia', rewrap, [0, '.RMF']],
  ['MXF', rewrap, [0, '\x06\x0e+4']],
  ['IVF', rewrap, [0, 'DKIF']],
  ['an MPEG program stream', rewrap, [0, '\0\0\x01\xba']],
  ['MPEG-1 or MPEG-2 video', rewrap, [0, '\0\0\x01\xb3']],
  ['a raw video stream', rewrap, [0, '\0\0\0\x01']],
  ['a raw video stream', rewrap, [0, '\0\0\x01']],
  ['an MPEG transport stream', rewrap, [0, 'G'], [188, 'G']],
  ['an MPEG transport stream (M2TS)', rewrap, [4, 'G'], [196, 'G']],
  ['a ZIP archive', unpack, [0, 'PK\x03\x04']],
  ['a gzip archive', unpack, [0, '\x1f\x8b']],
  ['a bzip2 archive', unpack, [0, 'BZh']],
  ['a 7z archive', unpack, [0, '7z\xbc\xaf\x27\x1c']],
  ['an xz archive', unpack, [0, '\xfd7zXZ\0']],
  ['a Zstandard archive', unpack, [0, '(\xb5/\xfd']],
  ['a RAR archive', unpack, [0, 'Rar!']],
  ['a tar archive', unpack, [257, 'ustar']],
  ['a JPEG picture', noFilm, [0, '\xff\xd8\xff']],
  ['a PNG picture', noFilm, [0, '\x89PNG']],
  ['a GIF picture', noFilm, [0, 'GIF8']],
  ['a WebP picture', noFilm, [0, 'RIFF'], [8, 'WEBP']],
  ['a TIFF picture', noFilm, [0, 'II*\0']],
  ['a TIFF picture', noFilm, [0, 'MM\0*']],
  ['a PDF', noFilm, [0, '%PDF']],
  ['a program', noFilm, [0, '\x7fELF']],
]

const saved =
  'it was saved in place of the film, as a download that failed or wants a login does; fetch the film itself and upload that'

/** Text formats, matched after white space and a byte order mark. */
const texts: readonly (readonly [RegExp, name: string, advice: string])[] = [
  [/^WEBVTT/, 'WebVTT subtitles', besideFilm],
  [/^\d+\s+\d{1,2}:\d\d:\d\d[,.]\d{1,3} -->/, 'SubRip subtitles', besideFilm],
  [/^(<\?xml[^>]*>\s*)?(<!--[^]*?-->\s*)*<(tt|\w+:tt)[\s>]/, 'TTML subtitles', toWebVtt],
  [/^\[Script Info\]/, 'SSA subtitles', toWebVtt],
  [/^Scenarist_SCC/, 'SCC captions', toWebVtt],
  [/^#EXTM3U/, 'an HLS playlist', itself],
  [/^(<\?xml[^>]*>\s*)?(<!--[^]*?-->\s*)*<MPD[\s>]/, 'a DASH manifest', itself],
  [/^(<\?xml[^>]*>\s*)?(<!--[^]*?-->\s*)*<(!doctype html|html|head|body)[\s>]/i, 'a web page', saved],
  [/^</, 'XML', saved],
  [/^[{[]/, 'JSON', saved],
  [/^/, 'text', saved],
]

/** Identifies a file by its first kilobyte, or less if shorter. */
export function foreignFile(start: Uint8Array): ForeignFile {
  const head = start.subarray(0, 1024)
  const latin1 = Buffer.from(head).toString('latin1')
  const sign = signs.find(([, , ...parts]) => parts.every(([at, text]) => latin1.startsWith(text, at)))
  if (sign) return { name: sign[0], advice: sign[1] }
  const text = textOf(head)
  const kind = text === undefined ? undefined : texts.find(([shape]) => shape.test(text))
  if (kind) return { name: kind[1], advice: kind[2] }
  if (head.every((byte) => byte === 0))
    return { name: 'zeros', advice: 'it was never written, or its copy was cut off; upload the whole film' }
  const bytes = Array.from(start.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0'))
  return {
    name: `one that starts with ${bytes.join(' ')}`,
    advice:
      'if it is a film, put it into MP4 and upload that; if no player opens it, it is broken or encrypted',
  }
}

/** Decodes text; undefined if it has a control character other than white space or is not UTF-8. */
function textOf(head: Uint8Array): string | undefined {
  const utf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)
  if (utf16) return new TextDecoder(head[0] === 0xff ? 'utf-16le' : 'utf-16be').decode(head).trimStart()
  // The kilobyte may end within a character.
  const text = new TextDecoder().decode(head, { stream: true })
  return /[^\P{Cc}\t\n\r\f]|\ufffd/u.test(text) ? undefined : text.trimStart()
}
