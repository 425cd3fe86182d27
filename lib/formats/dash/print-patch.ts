/** Prints Patch documents (ISO/IEC 23009-1 5.15): what makes a later MPD of one, in operations of RFC 5261. */
import { printXml, type XmlElement } from '../xml/print.ts'
import { differences, operation } from './differences.ts'
import type { Mpd } from './mpd.ts'
import { mpdElement } from './print-mpd.ts'
import { dateTimeText } from './time.ts'

/** A Patch from one MPD to a later one, both with an id; undefined if they differ in more than has come since. */
export function printPatch(before: Mpd, after: Mpd): string | undefined {
  const { id, publishMs: from = 0 } = before
  const { publishMs: to = 0 } = after
  if (id === undefined || id !== after.id || from >= to) return undefined
  const root = mpdElement(after)
  const operations = differences(mpdElement(before), root)
  return operations && document({ id, from, to, operations, attributes: root.attributes })
}

/**
 * A Patch that takes nothing but the PatchLocation away, so that whoever applies it asks for a whole MPD next: players
 * take an HTTP error for the end of all updates.
 */
export const printPatchEnd = ({
  id,
  publishMs,
}: {
  readonly id: string
  readonly publishMs: number
}): string =>
  document({
    id,
    from: publishMs,
    to: publishMs + 1,
    operations: [
      operation('replace', { sel: '/MPD/@publishTime' }, [timeText(publishMs + 1)]),
      operation('remove', { sel: '/MPD/PatchLocation[1]' }, []),
    ],
  })

interface Parts {
  readonly id: string
  /** Times of publication, milliseconds since 1970. */
  readonly from: number
  readonly to: number
  readonly operations: readonly XmlElement[]
  /** Those of the MPD, whose namespaces hold for what is added. */
  readonly attributes?: XmlElement['attributes']
}

const document = ({ id, from, to, operations, attributes = {} }: Parts): string =>
  printXml({
    name: 'Patch',
    attributes: {
      xmlns: 'urn:mpeg:dash:schema:mpd-patch:2020',
      ...Object.fromEntries(Object.entries(attributes).filter(([name]) => name.startsWith('xmlns:'))),
      mpdId: id,
      originalPublishTime: timeText(from),
      publishTime: timeText(to),
    },
    children: operations,
  })

const timeText = (epochMs: number): string => dateTimeText('MPD@publishTime', epochMs)
