import shaka from 'shaka-player'
import type { Drm } from './drm.ts'
import { shakaMenus } from './menus/shaka-menus.ts'
import type { OpenPlayer } from './player.ts'
import { refusalIn } from './refusal.ts'

/** Shaka Player. */
export const open: OpenPlayer = async (video, { url, drm }, fault) => {
  shaka.polyfill.installAll()
  const player = new shaka.Player()
  const tell = (error: shaka.util.Error) =>
    fault({ fatal: error.severity === shaka.util.Error.Severity.CRITICAL, text: wordsOf(error) })
  player.addEventListener('error', (event) => {
    if ('detail' in event && event.detail instanceof shaka.util.Error) tell(event.detail)
  })
  if (drm) askForLicences(player, drm)
  await player.attach(video)
  // A manifest that can't be loaded is a fault to show, not a reason to show no player.
  player.load(drm ? asShakaTakesIt(url, drm) : url).catch((error: unknown) => {
    if (!(error instanceof shaka.util.Error)) fault({ fatal: true, text: String(error) })
    else if (error.code !== shaka.util.Error.Code.LOAD_INTERRUPTED) tell(error)
  })
  return {
    version: shaka.Player.version.replace(/^v/, ''),
    bitrate: () => player.getVariantTracks().find(({ active }) => active)?.bandwidth,
    ...shakaMenus(player),
    drm: () => {
      const keySystem = player.drmInfo()?.keySystem
      if (!keySystem) return undefined
      const statuses = Object.entries(player.getKeyStatuses())
      return { keySystem, kids: statuses.flatMap(([kid, status]) => (status === 'usable' ? kid : [])) }
    },
    close: () => player.destroy(),
  }
}

function askForLicences(player: shaka.Player, { keySystem, licenceUrl, certificateUrl, headers }: Drm): void {
  player.configure({
    drm: {
      servers: { [keySystem]: licenceUrl },
      ...(certificateUrl !== undefined && {
        advanced: { [keySystem]: { serverCertificateUri: certificateUrl } },
      }),
    },
  })
  const { LICENSE, KEY } = shaka.net.NetworkingEngine.RequestType
  player.getNetworkingEngine()?.registerRequestFilter((type, request) => {
    // KEY: a bare key of HLS, which Shaka fetches by its URL.
    if (type === LICENSE || type === KEY) Object.assign(request.headers, headers)
  })
}

/** In HLS it knows Clear Key as a key of one's own, by its URL, and trips over the other form. */
function asShakaTakesIt(url: string, { keySystem }: Drm): string {
  const asked = new URL(url)
  if (!asked.pathname.endsWith('.m3u8') || keySystem !== 'org.w3.clearkey') return url
  return `${url}${asked.search === '' ? '?' : '&'}keyformat=identity`
}

function wordsOf({ code, data }: shaka.util.Error): string {
  const parts: readonly unknown[] = data
  // Of a failed licence the first part is what failed in the network: address, status, the answer's text.
  const inner: readonly unknown[] = parts.flatMap((part) =>
    part instanceof shaka.util.Error ? part.data : [],
  )
  const all = [...parts, ...inner]
  const refusal = all.map((part) => (typeof part === 'string' ? refusalIn(part) : undefined)).find(Boolean)
  const said = refusal ?? all.filter((part) => typeof part !== 'object').join(' ')
  return `${nameOf(code)} (${code}) ${said}`
}

const nameOf = (code: number): string =>
  Object.entries(shaka.util.Error.Code).find(([, value]) => Number(value) === code)?.[0] ?? 'ERROR'
