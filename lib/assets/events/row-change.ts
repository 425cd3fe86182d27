/** Reads changes of assets' rows from the stream of the index table. */
import { HeadendError } from '../../errors.ts'
import { type AttributeMap, type AttributeValue, valuesOf } from '../../platform/aws/attribute-values.ts'
import type { Happening } from '../../platform/events/event-type.ts'
import type { AssetId, ContentId } from '../../timeline/ids.ts'
import { type AssetState, assetStates } from '../asset.ts'
import { contentSort } from '../published/index.ts'
import { assetOfContent, contentOf } from '../row.ts'

/** The attributes of a row that events depend on. */
export interface AssetRow {
  readonly state: AssetState
  readonly revision: number
  /** The published timeline. */
  readonly version?: string
  /** The name of its protection state; absent if it is delivered in the clear. */
  readonly protection?: string
  /** The error's code. */
  readonly code?: string
}

/** The creation, change or removal of a row. */
export interface AssetRowChange extends Happening {
  readonly assetId: AssetId
  /** Undefined if the row was created. */
  readonly before: AssetRow | undefined
  /** Undefined if the row was removed. */
  readonly after: AssetRow | undefined
}

/** The members of a stream record that are read here (DynamoDB Streams, Record). */
export interface StreamRecord {
  readonly eventID?: string | undefined
  readonly dynamodb?:
    | {
        readonly ApproximateCreationDateTime?: number | undefined
        readonly Keys?: object | undefined
        readonly NewImage?: object | undefined
        readonly OldImage?: object | undefined
        readonly SequenceNumber?: string | undefined
      }
    | undefined
}

/** The maximum length of a sequence number (DynamoDB Streams, StreamRecord): padded to it, they compare as text. */
const sequenceDigits = 40

/**
 * The change of an asset's row in a stream record; undefined for rows of other kinds. Throws EVENT_ROW if the record or
 * the asset's row can't be read: a change that nobody is told of must be noticed.
 */
export function assetRowChange(record: StreamRecord): AssetRowChange | undefined {
  const found = changeBelow(contentOf(''), record)
  return (
    found && {
      assetId: assetOfContent(found.pk),
      before: rowOf(found.pk, found.before),
      after: rowOf(found.pk, found.after),
      ...found.happening,
    }
  )
}

/** A change of the row by which a channel's protection is known. */
export interface ChannelRowChange extends Happening {
  /** `live/<channelId>`. */
  readonly contentId: ContentId
  /** Names of its protection states; undefined in the clear, or without a row. */
  readonly before: string | undefined
  readonly after: string | undefined
}

/** The same of a channel's row. */
export function channelRowChange(record: StreamRecord): ChannelRowChange | undefined {
  const found = changeBelow('live/', record)
  if (!found) return undefined
  const { pk, before, after, happening } = found
  return { contentId: pk, before: stateOf(pk, before), after: stateOf(pk, after), ...happening }
}

function stateOf(pk: string, image: object | undefined): string | undefined {
  const { protection } = image ? attributes(image) : {}
  if (!isTextOrAbsent(protection)) throw unreadable(pk, 'protection of a channel', { protection })
  return protection?.S
}

/** The change of a content's row whose id begins so. */
function changeBelow(prefix: string, { eventID, dynamodb }: StreamRecord) {
  const { Keys, NewImage, OldImage, SequenceNumber, ApproximateCreationDateTime } = dynamodb ?? {}
  const { pk, sk } = Keys ? valuesOf(attributes(Keys)) : {}
  if (typeof pk !== 'string' || typeof sk !== 'string') throw unreadable('record', 'pk and sk', Keys)
  // Other contents have rows of the same sort key under other ids; an asset's other rows have other sort keys.
  if (sk !== contentSort || !pk.startsWith(prefix)) return undefined
  const isWhole = eventID && SequenceNumber && ApproximateCreationDateTime !== undefined
  if (!isWhole || !(NewImage || OldImage)) throw unreadable(pk, 'a record with its images', dynamodb)
  const happening: Happening = {
    change: eventID,
    at: new Date(ApproximateCreationDateTime * 1000).toISOString(),
    sequence: SequenceNumber.padStart(sequenceDigits, '0'),
  }
  return { pk, before: OldImage, after: NewImage, happening }
}

function rowOf(pk: string, image: object | undefined): AssetRow | undefined {
  if (!image) return undefined
  // Only the attributes read here: other rooms may store more in the row.
  const { state, revision, version, protection, error } = attributes(image)
  const code = error?.M?.['code']
  const known = assetStates.find((one) => one === state?.S)
  const isReadable = known !== undefined && [version, protection, code].every(isTextOrAbsent)
  // Rows from the first days have no revision.
  if (!isReadable || !/^\d{1,15}$/.test(revision === undefined ? '0' : (revision.N ?? '')))
    throw unreadable(pk, 'state, revision, version, protection and error of an asset', {
      state,
      revision,
      version,
      protection,
    })
  return {
    state: known,
    revision: Number(revision?.N ?? 0),
    ...(version?.S !== undefined && { version: version.S }),
    ...(protection?.S !== undefined && { protection: protection.S }),
    ...(code?.S !== undefined && { code: code.S }),
  }
}

const isTextOrAbsent = (value: AttributeValue | undefined): boolean =>
  value === undefined || value.S !== undefined

/** The SDK's type of a record allows every kind of value; ours only those that are stored here. */
const attributes = (image: object): AttributeMap => image as AttributeMap

const unreadable = (what: string, expected: string, got: unknown): HeadendError =>
  new HeadendError('EVENT_ROW', `${what}: expected ${expected}, got ${JSON.stringify(got)?.slice(0, 300)}`, {
    status: 500,
  })
