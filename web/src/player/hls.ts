import { ErrorTypes, Events, default as Hls } from 'hls.js'
import type { OpenPlayer } from './player.ts'

/** hls.js. */
export const open: OpenPlayer = (video, url, fault) => {
  if (!Hls.isSupported()) return Promise.reject(new Error('this browser has no Media Source Extensions'))
  const hls = new Hls()
  hls.on(Events.ERROR, (_event, { type, details, fatal, response }) => {
    fault({
      fatal,
      text: [details, response?.code && `HTTP ${response.code}`].filter(Boolean).join(' '),
    })
    // As its documentation asks: a broken decoder is worth one more attempt.
    if (fatal && type === ErrorTypes.MEDIA_ERROR) hls.recoverMediaError()
  })
  hls.loadSource(url)
  hls.attachMedia(video)
  return Promise.resolve({
    version: Hls.version,
    bitrate: () => hls.levels[hls.currentLevel]?.bitrate,
    close: () => hls.destroy(),
  })
}
