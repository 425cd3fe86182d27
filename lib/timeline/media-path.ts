/**
 * Media paths: immutable, shared by all viewers, opaque to clients. Identity is (timeline, version, track, number,
 * cut); protection comes first, so that a clear and a protected rendering never share a URL.
 */
import { idWord } from './ids.ts'

/** `clear`, or the scheme, key label and key period the bytes are encrypted with. */
export type MediaProtection =
  | {
      readonly scheme: 'clear'
      /** Length of the clear lead of protected content that these bytes belong to; the same bytes as clear ones. */
      readonly leadSeconds?: number
    }
  | {
      readonly scheme: 'cenc' | 'cbcs'
      readonly label: string
      readonly period: number
      /** The init segment has the period's key; segments of later periods signal their own. */
      readonly inBand?: true
    }

/** The parts of a media path. */
export interface MediaName {
  readonly protection: MediaProtection
  /** `vod/film`: two path components. */
  readonly timelineId: string
  readonly version: string
  readonly trackId: string
  readonly part:
    | { readonly kind: 'init'; readonly configId: string }
    | {
        readonly kind: 'segment'
        readonly number: number
        readonly cut: number
        /** Of audio: the frames that begin so many ticks from its start, and no more. */
        readonly firstTicks?: number
      }
    /** A text segment as plain WebVTT, for HLS. */
    | { readonly kind: 'webvtt'; readonly number: number; readonly cut: number }
}

/** One spelling per number, or a segment would be built and cached once for each spelling. */
const whole = (digits: number): string => `(0|[1-9]\\d{0,${digits - 1}})`
// Marked pure so that bundles that only write paths can drop it.
const shape = /* @__PURE__ */ shapeOfPaths()

/** The directory of one track's media, relative to the root, ending in a slash. */
export function trackPath(
  protection: MediaProtection,
  timelineId: string,
  version: string,
  trackId: string,
): string {
  return `media/${wordOf(protection)}/${timelineId}/${version}/${trackId}/`
}

function wordOf(protection: MediaProtection): string {
  if (protection.scheme === 'clear')
    return protection.leadSeconds === undefined ? 'clear' : `lead-${protection.leadSeconds}`
  const { scheme, label, period, inBand } = protection
  return `${scheme}-${label}-${period}${inBand ? '-seig' : ''}`
}

/** File name of an init segment within its track's directory. */
export const initFile = (configId: string): string => `i-${configId}.mp4`

/** File name of a media segment, or of its first ticks, within its track's directory. */
export const segmentFile = (number: number, cut: number, firstTicks?: number): string =>
  `${number}.${cut}${firstTicks === undefined ? '' : `-${firstTicks}`}.m4s`

/** File name of a segment as WebVTT within its track's directory. */
export const webVttFile = (number: number, cut: number): string => `${number}.${cut}.vtt`

/** Parses a path (without a leading slash); undefined if it is no media path. */
export function parseMediaPath(path: string): MediaName | undefined {
  const match = shape.exec(path)
  if (!match) return undefined
  const [
    ,
    clear,
    lead,
    scheme,
    label = '',
    period,
    inBand,
    timelineId = '',
    version = '',
    trackId = '',
    number,
    cut,
    firstTicks,
    text,
    configId,
  ] = match
  return {
    protection:
      clear !== undefined
        ? { scheme: 'clear' }
        : lead !== undefined
          ? { scheme: 'clear', leadSeconds: Number(lead) }
          : {
              scheme: scheme as 'cenc' | 'cbcs',
              label,
              period: Number(period),
              ...(inBand !== undefined && { inBand: true }),
            },
    timelineId,
    version,
    trackId,
    part:
      configId !== undefined
        ? { kind: 'init', configId }
        : {
            kind: text === undefined ? 'segment' : 'webvtt',
            number: Number(number),
            cut: Number(cut),
            ...(firstTicks !== undefined && { firstTicks: Number(firstTicks) }),
          },
  }
}

/** Numbers below 9 x 10^15, which a number of JavaScript holds exactly: live ones are ticks since 1970. */
function shapeOfPaths(): RegExp {
  return new RegExp(
    `^media/(?:(clear)|lead-([1-9]\\d{0,3})|(cenc|cbcs)-([A-Z0-9]+)-${whole(10)}(-seig)?)/(${idWord}/${idWord})/(${idWord})/(${idWord})/(?:(0|[1-9]\\d{0,14}|[1-8]\\d{15})\\.${whole(4)}(?:(?:-([1-9]\\d{0,5}))?\\.m4s|\\.(vtt))|i-(${idWord})\\.mp4)$`,
  )
}
