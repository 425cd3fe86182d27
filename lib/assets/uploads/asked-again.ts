/** An operator's wish to have an asset indexed again, on its way through the ingest queue beside what S3 tells. */
import type { AssetId } from '../../timeline/ids.ts'

/** Which asset, and which asking: a later one compares greater, the same one is done once. */
export interface AskedAgain {
  readonly assetId: AssetId
  /** `<ISO time>#<id>`. */
  readonly asked: string
}

/** A name for an asking. */
export const askingName = (nowMs: number, id: string): string => `${new Date(nowMs).toISOString()}#${id}`

/** The message. */
export const printAskedAgain = ({ assetId, asked }: AskedAgain): string =>
  JSON.stringify({ indexAgain: { assetId, asked } })

/** Reads a message; undefined where it is of another kind. */
export function askedAgain(body: string): AskedAgain | undefined {
  let message: unknown
  try {
    message = JSON.parse(body)
  } catch {
    return undefined
  }
  if (typeof message !== 'object' || message === null || !('indexAgain' in message)) return undefined
  const { assetId, asked } = (message.indexAgain ?? {}) as Readonly<Record<string, unknown>>
  if (typeof assetId !== 'string' || typeof asked !== 'string') return undefined
  return { assetId, asked }
}
