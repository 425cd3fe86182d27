/** The players, in the order they are shown. */
import type { PlayerKind } from './player.ts'

export const players: readonly PlayerKind[] = [
  { name: 'hls.js', formats: ['hls'], load: () => import('./hls.ts') },
  { name: 'Shaka', formats: ['dash', 'hls'], load: () => import('./shaka.ts') },
  { name: 'dash.js', formats: ['dash'], load: () => import('./dash.ts') },
]
