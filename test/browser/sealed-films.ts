/** Protected films of a whole headend, and everything a viewer of them is given. */
import { expect } from 'vitest'
import { type InProcess, startInProcess } from '../house/in-process.ts'
import { askApi } from '../house/operator-api.ts'
import type { Drm, Player } from './player.ts'

/** A headend with films under policies. */
export interface SealedFilms {
  readonly house: InProcess
  readonly api: (method: string, path: string, body?: object) => Promise<unknown>
  /** Uploads a film with a policy in its `asset.json`, beside files that were uploaded before, and waits for it. */
  film(id: string, bytes: Uint8Array, protection: object | 'none', more?: readonly string[]): Promise<void>
  viewer(id: string): Promise<Viewer>
}

/** Who may watch a film: its URLs by their endings, and licences. */
export interface Viewer {
  readonly url: (ending: string) => string
  readonly drm: Drm
}

/** Starts the headend. */
export async function openSealedFilms(): Promise<SealedFilms> {
  const house = await startInProcess()
  const api: SealedFilms['api'] = async (method, path, body) =>
    (await askApi(house, method, path, body)).json()
  return {
    house,
    api,
    async film(id, bytes, protection, more = []) {
      await house.upload(`vod/${id}/film.mp4`, bytes)
      await house.upload(
        `vod/${id}/asset.json`,
        Buffer.from(JSON.stringify({ title: id, files: ['film.mp4', ...more], protection })),
      )
      for (;;) {
        const { state, error } = (await api('GET', `/v1/assets/${id}`)) as { state?: string; error?: object }
        if (error && state === 'failed') expect.fail(JSON.stringify(error))
        if (state === 'ready') return
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    },
    async viewer(id) {
      const content = `vod/${id}`
      const { hls } = (await api('POST', '/v1/sessions', { content, ttlSeconds: 600 })) as { hls: string }
      const { token } = (await api('POST', '/v1/tokens', { content, account: 'a' })) as { token: string }
      const { keys } = (await api('GET', `/v1/assets/${id}/protection/keys`)) as { keys: { kid: string }[] }
      return {
        url: (ending) => hls.replace('index.m3u8', `index.${ending}`),
        drm: {
          licenceUrl: `${house.outputs['LicenceUrl']}/clearkey`,
          token,
          kids: keys.map(({ kid }) => Buffer.from(kid, 'hex').toString('base64url')),
        },
      }
    },
  }
}

/** What a player's URL ends with under a scheme. */
export const endingOf = (player: Player, scheme: string): string => {
  if (player === 'shaka-dash' || player === 'dash.js') return `mpd?scheme=${scheme}`
  return `m3u8?scheme=${scheme}${player === 'shaka-hls' ? '&keyformat=identity' : ''}`
}
