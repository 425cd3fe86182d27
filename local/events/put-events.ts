/** PutEvents: what of a request and of each of its entries is refused, and the event that targets get. */
import { isRecord, type JsonRecord, optionalText, texts } from '../json-input.ts'
import { AwsFault, account, region } from '../service.ts'

const maxEntries = 10
/** Of all entries of a request; 256 KB before 2026. */
const maxRequestBytes = 1024 * 1024
/** What the time of an entry counts for, however it is written. */
const timeBytes = 14

/** The entries of a request; throws where AWS takes none of them. */
export function entriesOf(input: JsonRecord): readonly JsonRecord[] {
  const { Entries: given } = input
  const entries = Array.isArray(given) ? given.filter((entry) => isRecord(entry)) : []
  if (!Array.isArray(given) || entries.length !== given.length)
    throw invalid("Value at 'entries' failed to satisfy constraint: Member must be a list of entries")
  if (entries.length === 0) throw invalid(ofLength('greater than or equal to 1'))
  if (entries.length > maxEntries) throw invalid(ofLength(`less than or equal to ${maxEntries}`))
  const bytes = entries.reduce((sum, entry) => sum + entryBytes(entry), 0)
  if (bytes > maxRequestBytes) throw invalid('Total size of the entries in the request is over the limit.')
  return entries
}

const ofLength = (bound: string): string =>
  `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length ${bound}`

/** As the User Guide counts ("Calculating PutEvents event entry size"). */
function entryBytes(entry: JsonRecord): number {
  const counted = ['Source', 'DetailType', 'Detail'].map((name) => optionalText(entry, name) ?? '')
  const bytes = [...counted, ...texts(entry, 'Resources')].reduce(
    (sum, text) => sum + Buffer.byteLength(text),
    0,
  )
  return bytes + (entry['Time'] === undefined ? 0 : timeBytes)
}

/** An event as its targets get it. */
export interface BusEvent {
  readonly version: '0'
  readonly id: string
  readonly 'detail-type': string
  readonly source: string
  readonly account: string
  readonly time: string
  readonly region: string
  readonly resources: readonly string[]
  readonly detail: JsonRecord
}

/** Why an entry is not taken. */
export interface EntryFault {
  readonly ErrorCode: string
  readonly ErrorMessage: string
}

/** The event of an entry, or why it fails while others of its request do not. */
export function eventOf(
  entry: JsonRecord,
  { id, nowMs }: { readonly id: string; readonly nowMs: number },
): BusEvent | EntryFault {
  const values = ['Source', 'DetailType', 'Detail'].map((name) => optionalText(entry, name) ?? '')
  const missing = ['Source', 'DetailType', 'Detail'].find((_, index) => values[index] === '')
  if (missing !== undefined) {
    return {
      ErrorCode: 'InvalidArgument',
      ErrorMessage: `Parameter ${missing} is not valid. Reason: ${missing} is a required argument.`,
    }
  }
  const [source = '', detailType = '', text = ''] = values
  // What AWS's own services say nobody else may.
  if (source.startsWith('aws.'))
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' }
  const detail = objectIn(text)
  if (detail === undefined) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }
  const { Time: seconds } = entry
  const time = new Date(seconds === undefined ? nowMs : Number(seconds) * 1000)
  if (Number.isNaN(time.getTime()))
    return { ErrorCode: 'InvalidArgument', ErrorMessage: 'Parameter Time is not valid.' }
  return {
    version: '0',
    id,
    'detail-type': detailType,
    source,
    account,
    time: time.toISOString().replace(/\.\d+/, ''),
    region,
    resources: texts(entry, 'Resources'),
    detail,
  }
}

function objectIn(text: string): JsonRecord | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

function invalid(message: string): AwsFault {
  return new AwsFault('ValidationException', message)
}
