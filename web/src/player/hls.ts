import { type ErrorData, ErrorDetails, ErrorTypes, Events, default as Hls, type HlsConfig } from 'hls.js'
import { type Drm, kidsOf } from './drm.ts'
import { patientLoading } from './hls-loader.ts'
import { hlsMenus } from './menus/hls-menus.ts'
import type { OpenPlayer } from './player.ts'
import { refusalIn } from './refusal.ts'

/** hls.js. */
export const open: OpenPlayer = (video, { url, drm }, fault) => {
  if (!Hls.isSupported()) return Promise.reject(new Error('this browser has no Media Source Extensions'))
  const sessions = new Set<MediaKeySession>()
  let keySystem: string | undefined
  const hls = new Hls({
    ...patientLoading,
    ...(drm &&
      encryptedMedia(drm, (context) => {
        keySystem = context.keySystem
        sessions.add(context.mediaKeysSession)
      })),
  })
  hls.on(Events.ERROR, (_event, data) => {
    // What another choice of audio or quality broke off is no fault.
    if (data.details === ErrorDetails.INTERNAL_ABORTED) return
    fault({ fatal: data.fatal, text: wordsOf(data) })
    // As its documentation asks: a broken decoder is worth one more attempt.
    if (data.fatal && data.type === ErrorTypes.MEDIA_ERROR) hls.recoverMediaError()
  })
  hls.loadSource(url)
  hls.attachMedia(video)
  return Promise.resolve({
    version: Hls.version,
    bitrate: () => hls.levels[hls.currentLevel]?.bitrate,
    ...hlsMenus(hls, video),
    drm: () => (keySystem === undefined ? undefined : { keySystem, kids: kidsOf(sessions) }),
    close: () => Promise.resolve(hls.destroy()),
  })
}

type KeyContext = Parameters<NonNullable<HlsConfig['licenseXhrSetup']>>[2]

function encryptedMedia(
  { keySystem, licenceUrl, certificateUrl, headers }: Drm,
  asked: (context: KeyContext) => void,
): Partial<HlsConfig> {
  return {
    emeEnabled: true,
    drmSystems: {
      [keySystem]: {
        licenseUrl: licenceUrl,
        ...(certificateUrl !== undefined && { serverCertificateUrl: certificateUrl }),
      },
    },
    licenseXhrSetup: (xhr, to, context) => {
      asked(context)
      // Opened here: headers are refused before that.
      xhr.open('POST', to, true)
      for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value)
    },
  }
}

function wordsOf({ details, response, networkDetails }: ErrorData): string {
  const refusal = networkDetails instanceof XMLHttpRequest ? refusalIn(networkDetails.response) : undefined
  return [details, response?.code && `HTTP ${response.code}`, refusal].filter(Boolean).join(' ')
}
