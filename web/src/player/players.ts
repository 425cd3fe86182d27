/** The players, in the order they are shown. */
import type { PlayerKind } from './player.ts'

/** What plays where none is named. */
export const defaultPlayer: PlayerKind = { name: 'hls.js', formats: ['hls'], load: () => import('./hls.ts') }

/** All of them, in the order they are shown. */
export const players: readonly PlayerKind[] = [
  defaultPlayer,
  { name: 'Shaka', formats: ['dash', 'hls'], load: () => import('./shaka.ts') },
  { name: 'dash.js', formats: ['dash'], load: () => import('./dash.ts') },
]
