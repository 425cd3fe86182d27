/** How far a file is on its way. */
import type { CompletedUpload } from '../../../lib/assets/api/schemas.ts'
import type { ShownCode } from '../problems/codes.ts'

/** Files that become one asset. */
export interface UploadGroup {
  readonly number: number
  readonly assetId: string
  /** An `asset.json`, sent last, says what they are; else all but the film are texts in its folder. */
  readonly isCommitted: boolean
}

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
  readonly group?: UploadGroup
  /** `subtitles, de`: what it will be in its group. */
  readonly role?: string
  /** A file of its group that has to arrive first. */
  readonly waitsFor?: string
}

/** Whether there is more to send of it. */
export const isActive = ({ state }: UploadProgress): boolean =>
  state === 'waiting' || state === 'sending' || state === 'joining'

/** All of a list together: what is to be sent, what was, and how fast. */
export function totalOf(list: readonly UploadProgress[]): {
  readonly bytes: number
  readonly sentBytes: number
  readonly bytesPerSecond: number
} {
  const counted = list.filter(({ state }) => state !== 'failed')
  const sum = (of: (upload: UploadProgress) => number): number =>
    counted.reduce((total, upload) => total + of(upload), 0)
  return {
    bytes: sum(({ bytes }) => bytes),
    sentBytes: sum(({ sentBytes, bytes, state }) => (state === 'sent' ? bytes : sentBytes)),
    bytesPerSecond: sum(({ bytesPerSecond, state }) => (state === 'sending' ? bytesPerSecond : 0)),
  }
}

/** Uploads as they are shown: those of a group together, in the order they were given; the latest first. */
export function groupsOf(list: readonly UploadProgress[]): readonly (readonly UploadProgress[])[] {
  const groups = new Map<string, UploadProgress[]>()
  for (const upload of list) {
    const name = upload.group ? `group ${upload.group.number}` : `file ${upload.number}`
    groups.set(name, [upload, ...(groups.get(name) ?? [])])
  }
  return [...groups.values()]
}
