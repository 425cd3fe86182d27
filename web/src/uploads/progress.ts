/** How far a file is on its way. */
import type { CompletedUpload } from '../../../lib/assets/api/schemas.ts'
import type { ShownCode } from '../problems/codes.ts'

/** One file on its way. */
export interface UploadProgress {
  readonly number: number
  readonly name: string
  readonly bytes: number
  readonly sentBytes: number
  readonly bytesPerSecond: number
  readonly state: 'waiting' | 'sending' | 'joining' | 'sent' | 'failed'
  readonly assetId?: string
  /** It makes a new version of an asset that was there. */
  readonly replaces?: boolean
  readonly completed?: CompletedUpload
  readonly error?: { readonly code: ShownCode; readonly message: string }
}
