/** Tags of both kinds of playlist: EXT-X-INDEPENDENT-SEGMENTS, EXT-X-START (RFC 8216bis 4.4.2), third-party lines. */
import { HeadendError } from '../../errors.ts'
import { type AttributeContext, type AttributeList, isYes, numberOf } from './attribute-list.ts'
import { decimal, oneLine, tagLine } from './print-attributes.ts'

interface Common {
  readonly independentSegments: boolean
  readonly start?: { readonly offsetSeconds: number; readonly precise: boolean }
}

/** The lines after EXT-X-VERSION. */
export function printCommon({ independentSegments, start }: Common): string {
  let lines = independentSegments ? '#EXT-X-INDEPENDENT-SEGMENTS\n' : ''
  if (start) {
    lines += tagLine(
      'EXT-X-START',
      decimal('TIME-OFFSET', start.offsetSeconds, true),
      start.precise ? 'PRECISE=YES' : undefined,
    )
  }
  return lines
}

/** Unmodified lines of a third party. A line that is not a tag would be read as a segment, so it is refused. */
export function printLines(lines: readonly string[] | undefined): string {
  let printed = ''
  for (const line of lines ?? []) {
    if (!line.startsWith('#')) {
      throw new HeadendError(
        'HLS_LINE_TAG',
        `line: expected a tag or comment, got ${JSON.stringify(line.slice(0, 80))}`,
      )
    }
    printed += `${oneLine('tag', line)}\n`
  }
  return printed
}

/** Parses EXT-X-START; undefined without a TIME-OFFSET. */
export function readStart(attributes: AttributeList, context: AttributeContext): Common['start'] {
  const offsetSeconds = numberOf(attributes, 'TIME-OFFSET', context)
  return offsetSeconds === undefined ? undefined : { offsetSeconds, precise: isYes(attributes, 'PRECISE') }
}
