/** Holds on channels: of their keys and of their media. Keys first: what is kept without them could not be played. */
import { holdMedia, liftMedia, type PlacePorts } from '../channels/index.ts'
import type { ProgrammePorts } from '../presentations/index.ts'
import type { KeyHoldStore } from '../rights/index.ts'

/** Where they are placed. */
export interface HoldPlaces {
  readonly keys: KeyHoldStore
  readonly media: PlacePorts
}

/** Both as one. */
export const holdsOf = ({ keys, media }: HoldPlaces): ProgrammePorts['holds'] => ({
  async place(hold, before) {
    const { content, targetSeconds, ...own } = hold
    if (before) await keys.remove(content, { ...before, id: own.id })
    const besideMs = (targetSeconds * 1000) / 2
    await keys.put(content, { ...own, fromMs: own.fromMs - besideMs, toMs: own.toMs + besideMs })
    await holdMedia(media, content, own, before)
  },
  async lift(hold) {
    await keys.remove(hold.content, hold)
    await liftMedia(media, hold.content, hold)
  },
})
