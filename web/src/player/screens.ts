/** The players of a page as one: where they are, and how they are sent elsewhere. */
import { useMemo, useRef } from 'preact/hooks'

/** All videos of the page. */
export interface Screens {
  /** Hands a video over; gives back what takes it away again. */
  readonly register: (video: HTMLVideoElement) => () => void
  /** Where they are: the first that plays, else the first. */
  readonly position: () => number | undefined
  readonly seek: (seconds: number) => void
  readonly play: () => void
  readonly pause: () => void
}

/** The same object for the life of the page. */
export function useScreens(): Screens {
  const videos = useRef(new Set<HTMLVideoElement>())
  return useMemo(() => {
    const each = (act: (video: HTMLVideoElement) => void) => videos.current.forEach(act)
    return {
      register: (video) => {
        videos.current.add(video)
        return () => videos.current.delete(video)
      },
      position: () => {
        const all = [...videos.current]
        return (all.find(({ paused, ended }) => !paused && !ended) ?? all[0])?.currentTime
      },
      seek: (seconds) =>
        each((video) => {
          video.currentTime = seconds
        }),
      // A browser may refuse to start sound by itself; the person has the player's own button.
      play: () => each((video) => void video.play().catch(() => undefined)),
      pause: () => each((video) => video.pause()),
    }
  }, [])
}
