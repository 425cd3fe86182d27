/** What dash.js lets a viewer choose. */
import type { MediaInfo, MediaPlayerClass } from 'dashjs'
import type { Playing } from '../player.ts'
import { auto, type MenuOption, menuOf, off, qualityMenu, trackLabel } from './menus.ts'

/** Menus of a dash.js at work. */
export function dashMenus(player: MediaPlayerClass): Pick<Playing, 'menus' | 'choose'> {
  let isAuto = true
  return {
    menus() {
      if (!player.isReady() || !player.getActiveStream()) return undefined
      const [audio, text] = [player.getTracksFor('audio'), player.getTracksFor('text')]
      const inUse = player.getCurrentTrackFor('audio')
      const shown = player.getCurrentTextTrackIndex()
      return {
        video: qualityMenu(
          player
            .getRepresentationsByType('video')
            .map(({ id, height, bandwidth }) => ({ id, height, bandwidth })),
          isAuto ? auto.id : (player.getCurrentRepresentationForType('video')?.id ?? auto.id),
        ),
        audio: menuOf(
          audio.map((track, index) => optionOf(track, index, 'Audio')),
          String(audio.findIndex(({ id, index }) => id === inUse?.id && index === inUse?.index)),
        ),
        text: menuOf(
          [off, ...text.map((track, index) => optionOf(track, index, 'Subtitles'))],
          shown < 0 ? off.id : String(shown),
        ),
      }
    },
    choose(kind, id) {
      if (kind === 'video') {
        isAuto = id === auto.id
        player.updateSettings({ streaming: { abr: { autoSwitchBitrate: { video: isAuto } } } })
        if (!isAuto) player.setRepresentationForTypeById('video', id, true)
      } else if (kind === 'audio') {
        const track = player.getTracksFor('audio')[Number(id)]
        if (track) player.setCurrentTrack(track)
      } else {
        player.enableText(id !== off.id)
        player.setTextTrack(id === off.id ? -1 : Number(id))
      }
    },
  }
}

function optionOf({ lang, labels }: MediaInfo, index: number, of: string): MenuOption {
  const name = labels[0]?.text
  const language = lang ?? undefined
  return {
    id: String(index),
    label: trackLabel({ name, language, of }),
    ...(language && language !== 'und' && { language }),
  }
}
