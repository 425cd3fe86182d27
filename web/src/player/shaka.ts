import shaka from 'shaka-player'
import type { OpenPlayer } from './player.ts'

/** Shaka Player. */
export const open: OpenPlayer = async (video, url, fault) => {
  shaka.polyfill.installAll()
  const player = new shaka.Player()
  const tell = (error: shaka.util.Error) =>
    fault({
      fatal: error.severity === shaka.util.Error.Severity.CRITICAL,
      text: `${nameOf(error.code)} (${error.code}) ${error.data.filter((part: unknown) => typeof part !== 'object').join(' ')}`,
    })
  player.addEventListener('error', (event) => {
    if ('detail' in event && event.detail instanceof shaka.util.Error) tell(event.detail)
  })
  await player.attach(video)
  // A manifest that can't be loaded is a fault to show, not a reason to show no player.
  player.load(url).catch((error: unknown) => {
    if (!(error instanceof shaka.util.Error)) fault({ fatal: true, text: String(error) })
    else if (error.code !== shaka.util.Error.Code.LOAD_INTERRUPTED) tell(error)
  })
  return {
    version: shaka.Player.version.replace(/^v/, ''),
    bitrate: () => player.getVariantTracks().find(({ active }) => active)?.bandwidth,
    close: () => void player.destroy(),
  }
}

const nameOf = (code: number): string =>
  Object.entries(shaka.util.Error.Code).find(([, value]) => Number(value) === code)?.[0] ?? 'ERROR'
