import { MediaPlayer, type MediaPlayerErrorEvent } from 'dashjs'
import type { OpenPlayer } from './player.ts'

/** dash.js. */
export const open: OpenPlayer = (video, url, fault) => {
  const player = MediaPlayer().create()
  player.initialize()
  player.on(MediaPlayer.events.ERROR, ({ error }: MediaPlayerErrorEvent) => {
    const { message, code } = typeof error === 'string' ? { message: error, code: '' } : error
    fault({ fatal: true, text: `${message} (${code})` })
  })
  player.setAutoPlay(false)
  player.attachView(video)
  // dash.js draws TTML itself, over the pictures.
  const texts = document.createElement('div')
  texts.className = 'texts'
  video.after(texts)
  player.attachTTMLRenderingDiv(texts)
  player.attachSource(url)
  const bandwidth = (type: 'video' | 'audio'): number =>
    player.getCurrentRepresentationForType(type)?.bandwidth ?? 0
  return Promise.resolve({
    version: player.getVersion(),
    bitrate: () => (player.isReady() ? bandwidth('video') + bandwidth('audio') : undefined),
    close: () => {
      player.destroy()
      texts.remove()
    },
  })
}
