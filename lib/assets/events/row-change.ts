/** What happened to the row of an asset, as the stream of the index table tells it. */
import { HeadendError } from '../../errors.ts'
import { type AttributeMap, type AttributeValue, valuesOf } from '../../platform/aws/attribute-values.ts'
import type { Happening } from '../../platform/events/event-type.ts'
import type { AssetId } from '../../timeline/ids.ts'
import { type AssetState, assetStates } from '../asset.ts'
import { contentSort } from '../published/index.ts'
import { assetOfContent, contentOf } from '../row.ts'

/** A row, as far as somebody is told of its changes. */
export interface AssetRow {
  readonly state: AssetState
  readonly revision: number
  /** The timeline that plays. */
  readonly version?: string
  /** Names the state of its protection; absent where it is shown in the clear. */
  readonly protection?: string
  /** Code of what is wrong. */
  readonly code?: string
}

/** A row that came, changed or went. */
export interface AssetRowChange extends Happening {
  readonly assetId: AssetId
  /** Undefined where there was none. */
  readonly before: AssetRow | undefined
  /** Undefined where there is none any more. */
  readonly after: AssetRow | undefined
}

/** A record of a table's stream (DynamoDB Streams, Record), as far as it is read here. */
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

/** A sequence number has up to 40 digits (DynamoDB Streams, StreamRecord): of one length they compare as text. */
const sequenceDigits = 40

/**
 * What a record of the stream says of an asset's row; undefined where it is of a row of another kind. Throws EVENT_ROW
 * for a record, or a row of an asset, that can't be read: a change nobody is told of must be seen.
 */
export function assetRowChange({ eventID, dynamodb }: StreamRecord): AssetRowChange | undefined {
  const { Keys, NewImage, OldImage, SequenceNumber, ApproximateCreationDateTime } = dynamodb ?? {}
  const { pk, sk } = Keys ? valuesOf(attributes(Keys)) : {}
  if (typeof pk !== 'string' || typeof sk !== 'string') throw unreadable('record', 'pk and sk', Keys)
  // Presentations have rows of the same sort under other ids; what is beside an asset's row is of other sorts.
  if (sk !== contentSort || !pk.startsWith(contentOf(''))) return undefined
  const isWhole = eventID && SequenceNumber && ApproximateCreationDateTime !== undefined
  if (!isWhole || !(NewImage || OldImage)) throw unreadable(pk, 'a record with its images', dynamodb)
  return {
    assetId: assetOfContent(pk),
    before: rowOf(pk, OldImage),
    after: rowOf(pk, NewImage),
    change: eventID,
    at: new Date(ApproximateCreationDateTime * 1000).toISOString(),
    sequence: SequenceNumber.padStart(sequenceDigits, '0'),
  }
}

function rowOf(pk: string, image: object | undefined): AssetRow | undefined {
  if (!image) return undefined
  // Those alone that are read: what rooms note beside them is none of our business.
  const { state, revision, version, protection, error } = attributes(image)
  const code = error?.M?.['code']
  const known = assetStates.find((one) => one === state?.S)
  const isReadable = known !== undefined && [version, protection, code].every(isTextOrAbsent)
  // Rows of the first days have no revision.
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

/** The SDK's types of a record allow for every kind of value; ours for those that are stored here. */
const attributes = (image: object): AttributeMap => image as AttributeMap

const unreadable = (what: string, expected: string, got: unknown): HeadendError =>
  new HeadendError('EVENT_ROW', `${what}: expected ${expected}, got ${JSON.stringify(got)?.slice(0, 300)}`, {
    status: 500,
  })
