/** Sources of the edge function; manifests of other sources are generated in the region. */
import { vodSource } from './film-source.ts'
import type { PresentationSource } from './source.ts'

/** Sources that need only a few reads, since the edge is far from the storage. */
export const edgeSources: readonly PresentationSource[] = [vodSource]
