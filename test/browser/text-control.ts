/** How the tracks of text of each player are listed and chosen on its page. */
import type { Player } from './player.ts'

/** What each player calls its tracks of text, and how one of a language is chosen. */
export const textControl: Readonly<Record<Player, { readonly languages: string; readonly choose: string }>> =
  {
    'hls.js': {
      languages: 'h.subtitleTracks.map((one) => one.lang)',
      choose:
        'h.subtitleDisplay = true; h.subtitleTrack = h.subtitleTracks.findIndex((one) => one.lang === language)',
    },
    'shaka-hls': shaka(),
    'shaka-dash': shaka(),
    'dash.js': {
      languages: "d.getTracksFor('text').map((one) => one.lang)",
      choose: "d.setTextTrack(d.getTracksFor('text').findIndex((one) => one.lang === language))",
    },
  }

function shaka() {
  return {
    languages: 's.getTextTracks().map((one) => one.language)',
    choose: 's.selectTextTrack(s.getTextTracks().find((one) => one.language === language))',
  }
}
