/** An operator's request to index an asset again, sent through the ingest queue beside S3's messages. */
import type { AssetId } from '../../timeline/ids.ts'

/** The asset, and the name of the request: a later one compares greater, the same one is done once. */
export interface AskedAgain {
  readonly assetId: AssetId
  /** `<ISO time>#<id>`. */
  readonly asked: string
}

/** The name of a request. */
export const askingName = (nowMs: number, id: string): string => `${new Date(nowMs).toISOString()}#${id}`

/** The message of a request. */
export const printAskedAgain = ({ assetId, asked }: AskedAgain): string =>
  JSON.stringify({ indexAgain: { assetId, asked } })

/** Parses a message; undefined if it is of another kind. */
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
