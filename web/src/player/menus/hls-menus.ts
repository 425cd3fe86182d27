/** What hls.js lets a viewer choose. */
import type Hls from 'hls.js'
import type { Playing } from '../player.ts'
import { auto, type MenuOption, menuOf, off, qualityMenu, trackLabel } from './menus.ts'

/** Captions within the video are text tracks of the element, which hls.js marks so and lists nowhere. */
const isCaptions = (track: TextTrack): boolean =>
  ['textTrack1', 'textTrack2', 'textTrack3', 'textTrack4'].some((name) => Reflect.get(track, name) === true)

/** Menus of an hls.js at work. */
export function hlsMenus(hls: Hls, video: HTMLVideoElement): Pick<Playing, 'menus' | 'choose'> {
  const captions = (): readonly TextTrack[] => [...video.textTracks].filter(isCaptions)
  return {
    menus() {
      // Who chooses other audio before the first of both is in its buffers, stops hls.js for good.
      if (hls.levels.length === 0 || video.readyState < HTMLMediaElement.HAVE_METADATA) return undefined
      const shown = captions().findIndex(({ mode }) => mode === 'showing')
      const text =
        hls.subtitleTrack >= 0 ? String(hls.subtitleTrack) : shown >= 0 ? `captions ${shown}` : off.id
      return {
        video: qualityMenu(
          hls.levels.map(({ height, bitrate: bandwidth }, index) => ({
            id: String(index),
            height,
            bandwidth,
          })),
          hls.autoLevelEnabled ? auto.id : String(hls.manualLevel),
        ),
        audio: menuOf(
          hls.audioTracks.map((track, index) => optionOf(track, String(index), 'Audio')),
          String(hls.audioTrack),
        ),
        text: menuOf(
          [
            off,
            ...hls.subtitleTracks.map((track, index) => optionOf(track, String(index), 'Subtitles')),
            ...captions().map(({ label, language }, index) =>
              optionOf({ name: label, lang: language }, `captions ${index}`, 'Captions'),
            ),
          ],
          text,
        ),
      }
    },
    choose(kind, id) {
      if (kind === 'video') hls.nextLevel = id === auto.id ? -1 : Number(id)
      else if (kind === 'audio') hls.audioTrack = Number(id)
      else {
        const caption = /^captions (\d+)$/.exec(id)?.[1]
        for (const [index, track] of captions().entries())
          track.mode = String(index) === caption ? 'showing' : 'disabled'
        hls.subtitleDisplay = true
        hls.subtitleTrack = id === off.id || caption !== undefined ? -1 : Number(id)
      }
    },
  }
}

function optionOf(
  { name, lang: language }: { readonly name: string; readonly lang?: string | undefined },
  id: string,
  of: string,
): MenuOption {
  return { id, label: trackLabel({ name, language, of }), ...(language && { language }) }
}
