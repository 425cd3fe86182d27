/**
 * `aws.manifestfilter`: selects renditions by their properties, in the syntax of AWS Elemental MediaPackage (user
 * guide, "Manifest filtering query parameters" and its table of error conditions), so that players' URLs work here
 * unchanged.
 */
import { type ErrorCodeOf, HeadendError } from '../../errors.ts'
import type { Rendition } from '../../timeline/presentation.ts'
import type { TrackType } from '../../timeline/timeline.ts'

interface Parameter {
  readonly type: TrackType | 'trick play'
  /** Whether a rendition of that type matches one of the values. */
  readonly fits: (rendition: Rendition, values: readonly Value[]) => boolean
  readonly values: 'ranges' | 'one range' | 'words'
  /** Allowed words; absent: any word. */
  readonly words?: readonly string[]
}

type Value = { readonly from: number; readonly to: number } | { readonly word: string }

const inRange = (number: number | undefined, values: readonly Value[]): boolean =>
  number !== undefined &&
  values.some((value) => 'from' in value && number >= value.from && number <= value.to)

const isWord = (word: string, values: readonly Value[]): boolean =>
  values.some((value) => 'word' in value && value.word === word)

/** Matches by a number of the rendition; a rendition without it matches nothing. */
const byNumber = (
  type: Parameter['type'],
  values: 'ranges' | 'one range',
  of: (rendition: Rendition) => number | undefined,
): Parameter => ({ type, values, fits: (one, wanted) => inRange(of(one), wanted) })

/** Matches by a word for the rendition. */
const byWord = (
  type: Parameter['type'],
  of: (rendition: Rendition) => string,
  words?: readonly string[],
): Parameter => ({
  type,
  values: 'words',
  fits: (one, wanted) => isWord(of(one), wanted),
  ...(words && { words }),
})

const peakOf = ({ bandwidth }: Rendition): number => bandwidth.peak
const heightOf = ({ config }: Rendition): number | undefined => config.height
const languageOf = ({ language = '' }: Rendition): string => language.toLowerCase()

const parameters: Readonly<Record<string, Parameter>> = {
  audio_bitrate: byNumber('audio', 'one range', peakOf),
  audio_channels: byNumber('audio', 'one range', ({ config }) => config.channels),
  audio_codec: byWord('audio', ({ config }) => audioCodec(config.codec), ['aacl', 'aach', 'ac-3', 'ec-3']),
  audio_language: byWord('audio', languageOf),
  audio_sample_rate: byNumber('audio', 'one range', ({ config }) => config.sampleRate),
  subtitle_language: byWord('text', languageOf),
  trickplay_height: byNumber('trick play', 'ranges', heightOf),
  trickplay_type: byWord('trick play', ({ type }) => (type === 'image' ? 'image' : 'iframe'), [
    'iframe',
    'image',
    'none',
  ]),
  video_bitrate: byNumber('video', 'one range', peakOf),
  video_codec: byWord('video', ({ config }) => videoCodec(config.codec), ['h264', 'h265', 'av1', 'vp9']),
  video_dynamic_range: byWord(
    'video',
    ({ config: { videoRange = 'SDR' } }) => ({ PQ: 'hdr10', HLG: 'hlg', SDR: 'sdr' })[videoRange],
    ['hdr10', 'hlg', 'sdr'],
  ),
  video_framerate: byNumber(
    'video',
    'one range',
    ({ config: { frameRate } }) => frameRate && Math.round((frameRate[0] / frameRate[1]) * 1000) / 1000,
  ),
  video_height: byNumber('video', 'ranges', heightOf),
}

/** MediaPackage's name of a codec; a codec it has no name for matches none. */
const audioCodec = (codec: string): string =>
  ({ 'mp4a.40.2': 'aacl', 'mp4a.40.5': 'aach', 'mp4a.40.29': 'aach' })[codec] ?? codec.toLowerCase()

const videoCodec = (codec: string): string => {
  const family = codec.split('.', 1)[0] ?? ''
  return (
    { avc1: 'h264', avc3: 'h264', hvc1: 'h265', hev1: 'h265', av01: 'av1', vp09: 'vp9' }[family] ?? family
  )
}

const maxFilter = 1024
const largestNumber = 2_147_483_647

/** Renditions that match every parameter of their type. Throws FILTER_* (400) for an invalid filter. */
export function filterRenditions(renditions: readonly Rendition[], filter: string): Rendition[] {
  if (filter.length > maxFilter)
    throw refused('FILTER_LENGTH', `expected at most ${maxFilter} characters, got ${filter.length}`)
  const seen = new Set<string>()
  let left = [...renditions]
  for (const part of filter.toLowerCase().split(';')) {
    const [name = '', list, ...more] = part.split(':')
    const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined
    if (!parameter)
      throw refused('FILTER_PARAMETER', `expected one of ${Object.keys(parameters).join(', ')}, got ${name}`)
    if (list === undefined || list === '' || more.length > 0)
      throw refused('FILTER_SYNTAX', `expected ${name}:<values>, got ${part}`)
    if (seen.has(name)) throw refused('FILTER_REPEATED', `expected ${name} once`)
    seen.add(name)
    const values = list.split(',').map((text) => valueOf(name, parameter, text.trim()))
    if (parameter.values === 'one range' && values.length > 1)
      throw refused('FILTER_RANGE', `${name}: expected one range, got ${list}`)
    left = left.filter((one) => kindOf(one) !== parameter.type || parameter.fits(one, values))
  }
  return left
}

/** Trick play renditions have their own parameters, and otherwise follow their main video. */
const kindOf = ({ type, trickOf }: Rendition): Parameter['type'] =>
  trickOf !== undefined || type === 'image' ? 'trick play' : type

function valueOf(name: string, { values, words }: Parameter, text: string): Value {
  if (values === 'words') {
    if (words && !words.includes(text))
      throw refused('FILTER_VALUE', `${name}: expected one of ${words.join(', ')}, got ${text}`)
    return { word: text }
  }
  const [, first, last] = /^(\d+(?:\.\d{1,3})?)(?:-(\d+(?:\.\d{1,3})?))?$/.exec(text) ?? []
  const from = Number(first)
  const to = Number(last ?? first)
  if (first === undefined || (values === 'one range' && last === undefined))
    throw refused('FILTER_RANGE', `${name}: expected <from>-<to>, got ${text}`)
  if (from > to || to > largestNumber)
    throw refused('FILTER_RANGE', `${name}: expected numbers that rise up to ${largestNumber}, got ${text}`)
  return { from, to }
}

const refused = (code: ErrorCodeOf<400>, message: string): HeadendError =>
  new HeadendError(code, `aws.manifestfilter: ${message}`)
