/** Captions within the video, signalled in Accessibility descriptors (SCTE 214-1 5.8.3 and 5.8.4). */
import { threeLetters } from '../language-codes.ts'
import { attributeOf, childrenOf, type XmlNode } from '../xml/tree.ts'
import type { Descriptor } from './mpd.ts'

/** A caption service with its language. */
export interface CaptionService {
  readonly autoselect: false
  readonly default: false
  /** `CC1`, `SERVICE1`. */
  readonly instreamId: string
  readonly language: string
  readonly aspectRatio?: number
  readonly easyReader?: number
  readonly '3D'?: number
}

/** The services of all sets by language; undefined if there are none. */
export function captionServices(sets: readonly XmlNode[]): Record<string, CaptionService> | undefined {
  const services = sets.flatMap((set) => childrenOf(set, 'Accessibility').flatMap(servicesOf))
  return services.length === 0
    ? undefined
    : Object.fromEntries(services.map((found) => [found.language, found]))
}

const scheme608 = 'urn:scte:dash:cc:cea-608:2015'
const scheme708 = 'urn:scte:dash:cc:cea-708:2015'

/** A descriptor for each of the two kinds: `CC1=eng;CC3=swe`, `1=lang:eng`. */
export function captionAccessibilities(
  services: readonly { readonly id: string; readonly language?: string }[],
): Descriptor[] {
  const words = services.map(({ id, language }) => ({ id, code: threeLetters(language) }))
  const fields = words.filter(({ id }) => id.startsWith('CC')).map(({ id, code }) => `${id}=${code}`)
  const digital = words
    .filter(({ id }) => id.startsWith('SERVICE'))
    .map(({ id, code }) => `${id.slice('SERVICE'.length)}=lang:${code}`)
  return [
    ...(fields.length > 0 ? [{ schemeIdUri: scheme608, value: fields.join(';') }] : []),
    ...(digital.length > 0 ? [{ schemeIdUri: scheme708, value: digital.join(';') }] : []),
  ]
}

function servicesOf(accessibility: XmlNode): CaptionService[] {
  const scheme = attributeOf(accessibility, 'schemeIdUri')
  const parts = (attributeOf(accessibility, 'value') ?? '').split(';').filter((part) => part !== '')
  if (scheme === scheme608) return parts.map(cea608)
  return scheme === scheme708 ? parts.map(cea708) : []
}

/** `CC1=eng`, or the language alone. */
function cea608(part: string, index: number): CaptionService {
  const [channel, language] = split(part)
  const hasChannel = /^CC[1-4]$/.test(channel)
  return service(hasChannel ? channel : `CC${index + 1}`, hasChannel ? language : part)
}

/** `1=lang:eng,war:1,er:0`. */
function cea708(part: string, index: number): CaptionService {
  const [number, rest] = split(part)
  if (rest === '') return service(`SERVICE${index + 1}`, part)
  const flags = new Map(rest.split(',').map((flag): [string, string] => splitAt(flag, ':')))
  return {
    ...service(`SERVICE${number}`, flags.get('lang') ?? rest),
    aspectRatio: Number(flags.get('war') ?? 1),
    easyReader: Number(flags.get('er') ?? 0),
    '3D': Number(flags.get('3D') ?? 0),
  }
}

function service(instreamId: string, language: string): CaptionService {
  return { autoselect: false, default: false, instreamId, language }
}

function split(part: string): [string, string] {
  return splitAt(part, '=')
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}
