/** The stored form of a placement, `placement.json`: what it is in memory, with the name of its format. */
import { HeadendError } from '../../errors.ts'
import type { Placement } from '../../timeline/placement.ts'

const format = 'headend-placement/1'

/** As text. */
export const printPlacement = (placement: Placement): string => JSON.stringify({ format, ...placement })

/** Reads it; it was written here, so its format is all that is checked. */
export function parsePlacement(bytes: Uint8Array, key: string): Placement {
  const stored = JSON.parse(new TextDecoder().decode(bytes)) as Placement & { readonly format?: string }
  if (stored.format !== format)
    throw new HeadendError('PLACEMENT_FORMAT', `${key}: expected format ${format}, got ${stored.format}`, {
      status: 500,
    })
  return stored
}
