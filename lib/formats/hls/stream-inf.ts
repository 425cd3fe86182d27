/** EXT-X-STREAM-INF and EXT-X-I-FRAME-STREAM-INF (RFC 8216bis 4.4.6.2, 4.4.6.3). */
import { HeadendError } from '../../errors.ts'
import { optional } from '../optional.ts'
import { type AttributeContext, type AttributeList, numberOf, shown, textOf } from './attribute-list.ts'
import type { IFrameVariant, Variant, VariantAttributes } from './playlist.ts'
import { bare, decimal, integer, quoted, tagLine, uriLine, wholeNumber } from './print-attributes.ts'

/** A variant in any playlist: some lack the one required attribute. */
export type ReadVariant = Omit<Variant, 'bandwidth'> & { readonly bandwidth?: number }

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

/** The tag, including its URI; it has no FRAME-RATE and no groups. */
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
    quoted('ALLOWED-CPC', variant.allowedCpc),
    bare('VIDEO-RANGE', variant.videoRange),
    quoted('REQ-VIDEO-LAYOUT', variant.requiredVideoLayout),
    quoted('STABLE-VARIANT-ID', variant.stableVariantId),
    quoted('PATHWAY-ID', variant.pathwayId),
  ]
}

function pixels(count: number): string {
  return wholeNumber('RESOLUTION', count)
}

/** Three decimals, as the tag's definition requires. */
function frameRate(rate: number | undefined): string | undefined {
  if (rate === undefined) return undefined
  if (!(rate > 0 && rate < 1e6)) {
    throw new HeadendError('HLS_NUMBER_RANGE', `FRAME-RATE: expected frames a second, got ${rate}`)
  }
  return `FRAME-RATE=${rate.toFixed(3)}`
}

/** Parses EXT-X-STREAM-INF with the URI on the next line. */
export function readStreamInf(
  attributes: AttributeList,
  uri: string,
  context: AttributeContext,
): ReadVariant {
  return {
    uri,
    ...readVariantAttributes(attributes, context),
    ...optional('audio', textOf(attributes, 'AUDIO')),
    ...optional('subtitles', textOf(attributes, 'SUBTITLES')),
    ...optional('closedCaptions', textOf(attributes, 'CLOSED-CAPTIONS')),
  }
}

/** Parses EXT-X-I-FRAME-STREAM-INF. */
export function readIFrameStreamInf(attributes: AttributeList, context: AttributeContext): ReadVariant {
  const uri = textOf(attributes, 'URI')
  if (uri === undefined) {
    context.report('HLS_ATTRIBUTE_MISSING', context.line, 'EXT-X-I-FRAME-STREAM-INF without URI')
  }
  return { uri: uri ?? '', ...readVariantAttributes(attributes, context) }
}

function readVariantAttributes(
  attributes: AttributeList,
  context: AttributeContext,
): Omit<ReadVariant, 'uri'> {
  const { line, report } = context
  const get = (name: string) => textOf(attributes, name)
  const bandwidth = numberOf(attributes, 'BANDWIDTH', context)
  if (bandwidth === undefined) report('HLS_ATTRIBUTE_MISSING', line, 'a variant without BANDWIDTH')
  const size = /^(\d{1,9})x(\d{1,9})$/i.exec(get('RESOLUTION') ?? '')
  if (!size && get('RESOLUTION') !== undefined) {
    report('HLS_ATTRIBUTE_NUMBER', line, `RESOLUTION: expected WxH, got ${shown(get('RESOLUTION') ?? '')}`)
  }
  const codecs = get('CODECS')?.split(',') ?? []
  return {
    ...optional('bandwidth', bandwidth),
    ...optional('averageBandwidth', numberOf(attributes, 'AVERAGE-BANDWIDTH', context)),
    codecs: codecs.map((codec) => codec.trim()).filter((codec) => codec !== ''),
    ...optional('supplementalCodecs', get('SUPPLEMENTAL-CODECS')),
    ...(size && { resolution: { width: Number(size[1]), height: Number(size[2]) } }),
    ...optional('frameRate', numberOf(attributes, 'FRAME-RATE', context)),
    ...optional('hdcpLevel', word(HDCP, get('HDCP-LEVEL'))),
    ...optional('allowedCpc', get('ALLOWED-CPC')),
    ...optional('videoRange', word(RANGES, get('VIDEO-RANGE'))),
    ...optional('requiredVideoLayout', get('REQ-VIDEO-LAYOUT')),
    ...optional('stableVariantId', get('STABLE-VARIANT-ID')),
    ...optional('score', numberOf(attributes, 'SCORE', context)),
    ...optional('pathwayId', get('PATHWAY-ID')),
  }
}

const HDCP = ['NONE', 'TYPE-0', 'TYPE-1'] as const
const RANGES = ['SDR', 'HLG', 'PQ'] as const

/** A known enumerated value; undefined for others, which remain in the raw line. */
function word<W extends string>(words: readonly W[], text: string | undefined): W | undefined {
  return words.find((candidate) => candidate === text)
}
