/** EXT-X-STREAM-INF and EXT-X-I-FRAME-STREAM-INF (RFC 8216bis 4.4.6.2, 4.4.6.3). */
import { HeadendError } from '../../errors.ts'
import type { IFrameVariant, Variant, VariantAttributes } from './playlist.ts'
import { bare, decimal, integer, quoted, tagLine, uriLine, wholeNumber } from './print-attributes.ts'

/** The tag and its URI line. */
export function printStreamInf(variant: Variant): string {
  const { closedCaptions } = variant
  return (
    tagLine(
      'EXT-X-STREAM-INF',
      ...printVariantAttributes(variant),
      frameRate(variant.frameRate),
      quoted('AUDIO', variant.audio),
      quoted('SUBTITLES', variant.subtitles),
      closedCaptions === 'NONE' ? 'CLOSED-CAPTIONS=NONE' : quoted('CLOSED-CAPTIONS', closedCaptions),
    ) + `${uriLine(variant.uri)}\n`
  )
}

/** The tag, its URI within; it has no FRAME-RATE and no groups. */
export function printIFrameStreamInf(variant: IFrameVariant): string {
  return tagLine('EXT-X-I-FRAME-STREAM-INF', ...printVariantAttributes(variant), quoted('URI', variant.uri))
}

function printVariantAttributes(variant: VariantAttributes): (string | undefined)[] {
  const { resolution, codecs } = variant
  return [
    integer('BANDWIDTH', variant.bandwidth),
    integer('AVERAGE-BANDWIDTH', variant.averageBandwidth),
    decimal('SCORE', variant.score),
    quoted('CODECS', codecs.length > 0 ? codecs.join(',') : undefined),
    quoted('SUPPLEMENTAL-CODECS', variant.supplementalCodecs),
    bare('RESOLUTION', resolution && `${pixels(resolution.width)}x${pixels(resolution.height)}`),
    bare('HDCP-LEVEL', variant.hdcpLevel),
    bare('VIDEO-RANGE', variant.videoRange),
    quoted('REQ-VIDEO-LAYOUT', variant.requiredVideoLayout),
    quoted('STABLE-VARIANT-ID', variant.stableVariantId),
    quoted('PATHWAY-ID', variant.pathwayId),
  ]
}

function pixels(count: number): string {
  return wholeNumber('RESOLUTION', count)
}

/** Three decimals, as the tag's clause asks. */
function frameRate(rate: number | undefined): string | undefined {
  if (rate === undefined) return undefined
  if (!(rate > 0 && rate < 1e6)) {
    throw new HeadendError('HLS_NUMBER_RANGE', `FRAME-RATE: expected frames a second, got ${rate}`)
  }
  return `FRAME-RATE=${rate.toFixed(3)}`
}
