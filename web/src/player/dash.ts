import {
  type KeyStatusesChangedEvent,
  type KeySystemSelectedEvent,
  MediaPlayer,
  type MediaPlayerClass,
  type MediaPlayerErrorEvent,
} from 'dashjs'
import { type Drm, type DrmInUse, kidsOf } from './drm.ts'
import { dashMenus } from './menus/dash-menus.ts'
import type { OpenPlayer } from './player.ts'
import { memberOf, refusalIn } from './refusal.ts'

/** dash.js. */
export const open: OpenPlayer = (video, { url, drm }, fault) => {
  const player = MediaPlayer().create()
  player.initialize()
  player.on(MediaPlayer.events.ERROR, ({ error }: MediaPlayerErrorEvent) => {
    const { message, code, data } =
      typeof error === 'string' ? { message: error, code: '', data: undefined } : error
    fault({ fatal: true, text: refusalIn(memberOf(data, 'serverResponse')) ?? `${message} (${code})` })
  })
  player.setAutoPlay(false)
  // It hears of `play` only once its streams are there, and until it has heard of one it asks for no further manifest:
  // a channel would stop where the first one ends.
  player.on(MediaPlayer.events.STREAM_INITIALIZED, () => {
    if (video.paused) return
    video.pause()
    video.play().catch(() => undefined)
  })
  const inUse = drm && decrypting(player, drm)
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
    ...dashMenus(player),
    drm: () => inUse?.(),
    close: () => {
      player.destroy()
      texts.remove()
      return Promise.resolve()
    },
  })
}

/** `MediaPlayer.events` has these only once a first player was told of a DRM. */
const keySystemSelected = 'public_keySystemSelected'
const keyStatusesChanged = 'public_keyStatusesChanged'

function decrypting(
  player: MediaPlayerClass,
  { keySystem, licenceUrl, headers }: Drm,
): () => DrmInUse | undefined {
  const sessions = new Set<MediaKeySession>()
  let selected: string | undefined
  player.on(keySystemSelected, ({ data }: KeySystemSelectedEvent) => {
    selected = nameIn(data) ?? selected
  })
  player.on(keyStatusesChanged, ({ data: { session } }: KeyStatusesChangedEvent) => {
    sessions.add(session)
  })
  // Where the page gives no keys it complains of that, and goes on to ask for a licence. What fails is told above,
  // so its own log has the level of none.
  player.updateSettings({ debug: { logLevel: 0 } })
  player.setProtectionData({
    // Without cookies: a licence is open to any page, and so to none with them.
    [keySystem]: { serverURL: licenceUrl, httpRequestHeaders: { ...headers }, withCredentials: false },
  })
  return () => (selected === undefined ? undefined : { keySystem: selected, kids: kidsOf(sessions) })
}

/** Of what it calls its access to a key system. */
function nameIn(access: object | null): string | undefined {
  const name: unknown = memberOf(memberOf(access, 'keySystem'), 'systemString')
  return typeof name === 'string' ? name : undefined
}
