/**
 * A presentation as a player gets it: the MPD, every init and every segment it names, each track judged by the
 * rules of CMAF with what the MPD says of it, and the MPD by what the bytes say.
 */

import { type InteropRule, interopRules } from '../dash/interop-rules.ts'
import { mpdProtectionRules, type ProtectionRule } from '../dash/protection-rules.ts'
import { addressingOf, runsOf, seconds } from '../dash/time.ts'
import { childOf, childrenOf, type Tree, treeOf } from '../xml-tree.ts'
import { uint } from './boxes.ts'
import { decoderOf, partsOf, soundOf } from './codec-string.ts'
import type { PresentationRule } from './presentation-clauses.ts'
import { type CmafRule, ofTheMedia, type ReadTrack, readCmafTrack } from './rules.ts'
import { switchingRules } from './switching-rules.ts'

/** A broken rule, and of which Representation and segment. */
export interface BrokenPresentation {
  readonly rule: CmafRule | InteropRule | PresentationRule | ProtectionRule
  readonly where: string
  readonly why: string
}

/** What was found: `media` holds what only the film itself can break. */
export interface JudgedPresentation {
  readonly broken: readonly BrokenPresentation[]
  readonly media: readonly BrokenPresentation[]
  /** How many inits and segments were read. */
  readonly pieces: number
}

/** Gives the bytes of a URL. */
export type PieceReader = (url: string) => Promise<Uint8Array>

const overHttp: PieceReader = async (url) => {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
  return new Uint8Array(await response.arrayBuffer())
}

/** Reads and judges all of it. */
export async function checkPresentation(
  mpdUrl: string,
  read: PieceReader = overHttp,
): Promise<JudgedPresentation> {
  const found: BrokenPresentation[] = []
  const frameRates = new FrameRates()
  let pieces = 0
  const mpd = treeOf(new TextDecoder().decode(await read(mpdUrl)))
  if (!mpd)
    return { broken: [{ rule: 'mpd.read', where: mpdUrl, why: 'not well-formed' }], media: [], pieces }
  const bufferSeconds = seconds(mpd.attributes['minBufferTime']) ?? 0
  for (const period of childrenOf(mpd, 'Period')) {
    const told: Told[] = []
    for (const set of childrenOf(period, 'AdaptationSet')) {
      const tracks: ReadTrack[] = []
      for (const representation of childrenOf(set, 'Representation')) {
        const one = tellOf(set, representation, mpdUrl)
        if (!one) continue
        told.push(one)
        const segments: Uint8Array[] = []
        const init = await read(one.initUrl)
        for (const { url } of one.segments) segments.push(await read(url))
        pieces += 1 + segments.length
        const { broken, read: track } = readCmafTrack({ init, segments, facts: one.facts })
        const id = representation.attributes['id'] ?? ''
        found.push(...broken.map((fault) => ({ ...fault, where: `${id} ${fault.where}` })))
        if (!track) continue
        tracks.push(track)
        frameRates.note(track, id, representation.attributes['frameRate'] ?? set.attributes['frameRate'])
        const want: Want = (holds, rule, why) => void (holds || found.push({ rule, where: id, why }))
        againstBytes({ set, representation, track, segments, bufferSeconds }, want)
      }
      const together = tracks.length > 1 ? switchingRules(tracks) : []
      found.push(
        ...together.map((fault) => ({ ...fault, where: `set ${set.attributes['id'] ?? ''} ${fault.where}` })),
      )
    }
    found.push(...periodRules(mpd, period, told))
  }
  found.push(...frameRates.broken)
  const texts = [...interopRules(mpd), ...mpdProtectionRules(mpd)]
  found.push(...texts.map(({ rule, line, why }) => ({ rule, where: `line ${line}`, why })))
  const isMedia = ({ rule }: BrokenPresentation): boolean => (ofTheMedia as ReadonlySet<string>).has(rule)
  return { broken: found.filter((fault) => !isMedia(fault)), media: found.filter(isMedia), pieces }
}

type Want = (holds: boolean, rule: PresentationRule, why: string) => void

/** What the MPD says of one Representation. */
interface Told {
  readonly initUrl: string
  readonly segments: readonly { readonly url: string; readonly start: number; readonly duration: number }[]
  readonly timescale: number
  /** Media time of the Period's begin. */
  readonly zero: number
  readonly facts: NonNullable<Parameters<typeof readCmafTrack>[0]['facts']>
}

/** Undefined where there are no segments in ISO files: pictures of scenes, or text as a file. */
function tellOf(set: Tree, representation: Tree, mpdUrl: string): Told | undefined {
  const said = { ...set.attributes, ...representation.attributes }
  const where = addressingOf(representation)
  if (!where || where.name === 'SegmentBase' || !said['mimeType']?.endsWith('/mp4')) return undefined
  const {
    media = '',
    startNumber = '1',
    initialization,
    timescale = '1',
    presentationTimeOffset = '0',
  } = where.attributes
  const resolve = (uri: string): string =>
    new URL(uri.replaceAll('$RepresentationID$', said['id'] ?? ''), mpdUrl).href
  const listed = childrenOf(where, 'SegmentURL').map(({ attributes }) => attributes['media'] ?? '')
  const times = runsOf(where).flatMap(({ start, duration, count }) =>
    Array.from({ length: count }, (_, i) => ({ start: start + i * duration, duration })),
  )
  const number = (name: string): number | undefined =>
    said[name] === undefined ? undefined : Number(said[name])
  const facts = {
    codec: said['codecs'],
    timescale: Number(timescale),
    width: number('width'),
    height: number('height'),
    sampleRate: number('audioSamplingRate'),
    language: said['lang'],
    key: keyOf(set),
    segments: times,
  }
  return {
    initUrl: resolve(initialization ?? childOf(where, 'Initialization')?.attributes['sourceURL'] ?? ''),
    segments: times.map((time, i) => ({
      ...time,
      url: resolve(
        listed[i] ??
          media.replace('$Number$', String(Number(startNumber) + i)).replace('$Time$', String(time.start)),
      ),
    })),
    timescale: Number(timescale),
    zero: Number(presentationTimeOffset),
    facts: Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)),
  }
}

/** Protection as the set says it; null where it says none. */
function keyOf(set: Tree): Told['facts']['key'] {
  const [said] = childrenOf(set, 'ContentProtection')
  const { value = '', default_KID: kid = '' } = said?.attributes ?? {}
  return said ? { scheme: value, kid: kid.replaceAll('-', '') } : null
}

interface Named {
  readonly set: Tree
  readonly representation: Tree
  readonly track: ReadTrack
  readonly segments: readonly Uint8Array[]
  readonly bufferSeconds: number
}

const mimes: Readonly<Record<string, string>> = { vide: 'video/mp4', soun: 'audio/mp4' }

function againstBytes({ set, representation, track, segments, bufferSeconds }: Named, want: Want): void {
  const said = { ...set.attributes, ...representation.attributes }
  const { header, fragments } = track
  const { handler, entry } = header
  want(
    said['mimeType'] === (mimes[handler] ?? 'application/mp4'),
    'mpd.mime',
    `${said['mimeType']} of ${handler}`,
  )
  const pasp = handler === 'vide' ? partsOf(entry, handler).get('pasp') : undefined
  if (pasp && said['sar'] !== undefined) {
    const shape = uint(pasp, 0, 4) / uint(pasp, 4, 4)
    want(Math.abs(fraction(said['sar'], ':') - shape) < 1e-6, 'mpd.sar', `${said['sar']}, pasp says ${shape}`)
  }
  if (handler === 'soun') channelRules([set, representation], track, want)
  const late = lateBits(track, segments, { bufferSeconds, bandwidth: Number(said['bandwidth']) })
  want(
    late <= 0,
    'mpd.bandwidth',
    `${late} bits come too late at ${said['bandwidth']} b/s and ${bufferSeconds} s`,
  )
  const sap = Number(said['startWithSAP'] ?? 0)
  const leads = fragments.find(({ samples }) => samples.some(({ shown }) => shown < (samples[0]?.shown ?? 0)))
  want(sap === 0 || sap > 2 || !leads, 'mpd.sap', `startWithSAP ${sap}, pictures lead in ${leads?.where}`)
}

/** Of all Periods in which a Representation is said to have one rate: a Period may hold a few key frames. */
class FrameRates {
  readonly #samples = new Map<string, { readonly timescale: number; readonly durations: number[] }>()

  note({ header: { handler, timescale }, fragments }: ReadTrack, id: string, said: string | undefined): void {
    if (handler !== 'vide' || said === undefined) return
    const name = `${id} ${said}`
    const durations = this.#samples.get(name)?.durations ?? []
    for (const { samples } of fragments) for (const { duration } of samples) durations.push(duration)
    this.#samples.set(name, { timescale, durations })
  }

  get broken(): BrokenPresentation[] {
    return [...this.#samples].flatMap(([name, { timescale, durations }]) => {
      const [where = '', said = ''] = name.split(' ')
      const rate = fraction(said, '/')
      const mean = (durations.length * timescale) / durations.reduce((sum, one) => sum + one, 0)
      // Where rates change HLS wants the highest, and one number stands in both manifests.
      const highest =
        timescale / durations.reduce((least, one) => Math.min(least, one || least), timescale * 1000)
      const near = [mean, timescale / mostCommon(durations)].some((one) => Math.abs(rate / one - 1) < 0.02)
      const fits = near || (rate >= mean && rate <= highest * 1.02)
      return fits ? [] : [{ rule: 'mpd.frame-rate', where, why: `${said}, the samples say ${mean}` } as const]
    })
  }
}

const fraction = (text: string, by: string): number => {
  const [above, below = '1'] = text.split(by)
  return Number(above) / Number(below)
}

function mostCommon(values: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0])[0]
}

/** ISO/IEC 23091-3: up to 6 the layouts carry their count; of AAC the same number stands in the configuration. */
function channelRules(places: readonly Tree[], { header: { entry, handler } }: ReadTrack, want: Want): void {
  const said = places.flatMap((place) => childrenOf(place, 'AudioChannelConfiguration'))
  const esds = partsOf(entry, handler).get('esds')
  const { objectType, specific } = esds ? decoderOf(esds) : { objectType: 0, specific: new Uint8Array(0) }
  const { channels, objectType: type } = soundOf(specific)
  for (const { attributes } of said) {
    if (attributes['schemeIdUri'] !== 'urn:mpeg:mpegB:cicp:ChannelConfiguration' || objectType !== 0x40)
      continue
    const isKnown = channels > 0 && type === 2
    want(
      !isKnown || attributes['value'] === String(channels),
      'mpd.channels',
      `${attributes['value']}, AAC says ${channels}`,
    )
  }
}

interface Channel {
  readonly bufferSeconds: number
  readonly bandwidth: number
}

/**
 * A channel of @bandwidth that starts to deliver at any segment, and a player that starts @minBufferTime later:
 * gives how many bits of a sample are missing when its turn comes, at worst. Falling behind only counts from the
 * start that is worst, which is where the channel was last ahead of everything (the recursion of a leaky bucket).
 */
function lateBits(
  { header, fragments }: ReadTrack,
  segments: readonly Uint8Array[],
  { bufferSeconds, bandwidth }: Channel,
): number {
  const budget = bandwidth * bufferSeconds
  let [worst, owed, last, segment] = [Number.NEGATIVE_INFINITY, 0, 0, 0]
  for (const { samples, segment: at } of fragments) {
    const payload = samples.reduce((sum, { bytes }) => sum + bytes.length, 0)
    let heads = at === segment ? 0 : (segments[at - 1]?.length ?? 0) - payload
    for (const { decode, bytes } of samples) {
      owed -= (bandwidth * (decode - last)) / header.timescale
      // Only here may a client begin, and nothing is owed from before.
      if (heads > 0) owed = Math.max(0, owed)
      last = decode
      owed += (heads + bytes.length) * 8
      heads = 0
      worst = Math.max(worst, owed - budget)
    }
    segment = at
  }
  return Math.ceil(worst)
}

/** A Period lasts to the end of its longest track, and every track starts near its begin. */
function periodRules(mpd: Tree, period: Tree, told: readonly Told[]): BrokenPresentation[] {
  const where = `Period ${period.attributes['id'] ?? ''}`
  const list: BrokenPresentation[] = []
  const ends = told.map(({ segments, timescale, zero }) => {
    const last = segments.at(-1)
    return last ? (last.start + last.duration - zero) / timescale : 0
  })
  const length = seconds(period.attributes['duration'] ?? mpd.attributes['mediaPresentationDuration'])
  const end = Math.max(...ends)
  // Cuts of sound lie within a frame of those of the pictures; durations are printed to the microsecond.
  const slack = 0.05
  if (length !== undefined && told.length > 0 && Math.abs(end - length) > slack)
    list.push({ rule: 'mpd.period', where, why: `${length} s, what it shows lasts ${end} s` })
  for (const { segments, timescale, zero } of told) {
    const [first] = segments
    const from = first ? (first.start - zero) / timescale : 0
    if (from < -slack) list.push({ rule: 'mpd.origin', where, why: `a track starts ${-from} s before it` })
  }
  return list
}
