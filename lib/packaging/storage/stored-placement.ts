/** The stored form of a placement, `placement.json`: as in memory, with a format name. */
import { HeadendError } from '../../errors.ts'
import type { Placement } from '../../timeline/placement.ts'

const format = 'headend-placement/1'

/** Serializes a placement. */
export const printPlacement = (placement: Placement): string => JSON.stringify({ format, ...placement })

/** Parses a placement; as headend wrote it, only the format is checked. */
export function parsePlacement(bytes: Uint8Array, key: string): Placement {
  const stored = JSON.parse(new TextDecoder().decode(bytes)) as Placement & { readonly format?: string }
  if (stored.format !== format)
    throw new HeadendError('PLACEMENT_FORMAT', `${key}: expected format ${format}, got ${stored.format}`, {
      status: 500,
    })
  return stored
}
