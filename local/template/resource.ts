/** A resource, ready to be made. */
import type { JsonRecord } from '../json-input.ts'

/** One resource of the template whose condition holds. */
export interface Resource {
  /** Logical id; with its stack's name before it where two stacks have it. */
  readonly id: string
  readonly region: string
  readonly type: string
  /** What the service knows it by: bucket, table, queue or function name, API or distribution id. */
  readonly name: string
  readonly ref: string
  /** Every intrinsic resolved, URLs of AWS's hosts already those of this machine. Resolved on the first look. */
  readonly properties: JsonRecord
  /** What `Fn::GetAtt` gives. */
  readonly attribute: (name: string) => string
}
