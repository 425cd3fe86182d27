/** What Shaka Player lets a viewer choose. */
import type shaka from 'shaka-player'
import type { Playing } from '../player.ts'
import { auto, type MenuOption, menuOf, off, qualityMenu, trackLabel } from './menus.ts'

type Said = Pick<shaka.extern.AudioTrack, 'label' | 'language'>

/** Of what is buffered ahead this much stays: a choice shows at once, and nothing stands still for it. */
const keptSeconds = 3

/** Menus of a Shaka Player at work. */
export function shakaMenus(player: shaka.Player): Pick<Playing, 'menus' | 'choose'> {
  return {
    menus() {
      const [video, audio, text] = [player.getVideoTracks(), player.getAudioTracks(), player.getTextTracks()]
      if (video.length === 0 && audio.length === 0) return undefined
      const isAuto = player.getConfiguration().abr.enabled
      return {
        video: qualityMenu(
          video.map(({ height, bandwidth }, index) => ({ id: String(index), height, bandwidth })),
          isAuto ? auto.id : String(video.findIndex(({ active }) => active)),
        ),
        audio: menuOf(
          audio.map((track, index) => option(track, index, 'Audio')),
          chosenOf(audio) ?? '',
        ),
        text: menuOf(
          [off, ...text.map((track, index) => option(track, index, 'Subtitles'))],
          chosenOf(text) ?? off.id,
        ),
      }
    },
    choose(kind, id) {
      if (kind === 'video') {
        player.configure('abr.enabled', id === auto.id)
        const track = player.getVideoTracks()[Number(id)]
        if (track) player.selectVideoTrack(track, true, keptSeconds)
      } else if (kind === 'audio') {
        const track = player.getAudioTracks().find((one, index) => idOf(one, index) === id)
        if (track) player.selectAudioTrack(track)
      } else {
        player.selectTextTrack(player.getTextTracks().find((one, index) => idOf(one, index) === id) ?? null)
      }
    },
  }
}

const idOf = ({ label, language }: Said, index: number): string => `${index} ${language} ${label ?? ''}`

function option(track: Said, index: number, of: string): MenuOption {
  const { label: name, language } = track
  return {
    id: idOf(track, index),
    label: trackLabel({ name, language, of }),
    ...(language !== 'und' && { language }),
  }
}

function chosenOf(tracks: readonly (Said & { readonly active: boolean })[]): string | undefined {
  const index = tracks.findIndex(({ active }) => active)
  const track = tracks[index]
  return track && idOf(track, index)
}
