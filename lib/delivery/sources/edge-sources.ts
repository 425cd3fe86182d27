/** Sources of the function at the edge; what has another one is printed in the region. */
import { vodSource } from './film-source.ts'
import type { PresentationSource } from './source.ts'

/** Those that answer with a few reads, as they are far from what they read. */
export const edgeSources: readonly PresentationSource[] = [vodSource]
