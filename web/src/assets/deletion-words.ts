/** What a deletion takes, what it took, and what is to be done where it did not come to its end: in words. */
import type { Asset, AssetDeletion } from '../../../lib/assets/api/schemas.ts'
import type { ApiError } from '../api.ts'
import { byteSize } from '../format.ts'

/** `1 upload`, `3 uploads`. */
export const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`

/** The uploads of an asset in a line: how many, how large together. */
export function uploadsOf({ files }: Pick<Asset, 'files'>): string {
  const bytes = files.reduce((sum, file) => sum + (file.bytes ?? 0), 0)
  return `${counted(files.length, 'upload')}${bytes > 0 ? `, ${byteSize(bytes)}` : ''}`
}

/** What was removed. */
export function removedWords(name: string, { uploads, versions, keys, policy }: AssetDeletion): string {
  const also = [
    keys === 'retired' && 'its keys are retired',
    policy === 'forgotten' && 'its policy is forgotten',
  ]
  return [
    `Deleted ${name}: ${counted(uploads.length, 'upload')}, ${counted(versions.length, 'version')}`,
    ...also.filter((words) => words !== false),
  ].join('; ')
}

/** What a refusal of a deletion asks of whoever wanted it. */
export interface DeletionProblem {
  readonly text: string
  /** `force`: it can be said that it is meant all the same. `again`: the same once more goes on. */
  readonly next: 'force' | 'again' | 'none'
}

/** Reads a refusal; whatever broke off is to be asked for again, as a deletion goes on from where it stopped. */
export function deletionProblem({
  status,
  code,
  message,
}: Pick<ApiError, 'status' | 'code' | 'message'>): DeletionProblem {
  if (code === 'ASSET_IN_USE') return { text: message, next: 'force' }
  if (status === 0)
    return {
      text: `${message}. It may be going on all the same; delete again to see it through.`,
      next: 'again',
    }
  if (status >= 500 || status === 409 || status === 429)
    return {
      text: `The deletion broke off (${message}). The asset does not play any more and is shown as deleting: delete again, and it goes on with what is left.`,
      next: 'again',
    }
  return { text: message, next: 'none' }
}
