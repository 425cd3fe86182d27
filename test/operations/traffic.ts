/** What viewers, packagers and operators ask of a headend in five minutes, in the kinds that alarms tell apart. */
import { settled } from '../house/assets.ts'
import type { InProcess } from '../house/in-process.ts'
import { askApi } from '../house/operator-api.ts'
import { smallFilm } from '../house/small-film.ts'

const film = await smallFilm()

/** Kinds of requests. */
export interface Traffic {
  manifests(): Promise<readonly number[]>
  segments(): Promise<readonly number[]>
  /** With a token bound to a country, where one is named. */
  licences(region?: string): Promise<readonly number[]>
  speke(): Promise<readonly number[]>
  api(): Promise<readonly number[]>
  /** A film more, and no waiting for it. */
  upload(): Promise<void>
}

/** Uploads a film in the clear and one that is protected, whose memory no function has yet. */
export async function trafficOf(house: InProcess, name: string): Promise<Traffic> {
  const { outputs } = house
  const [open, closed] = [`open-${name}`, `closed-${name}`]
  await house.upload(`vod/${open}.mp4`, film)
  await house.upload(`vod/${closed}.mp4`, film)
  const { version } = await settled(house, open)
  await settled(house, closed)
  const policy = { mode: 'encrypted', schemes: ['cenc', 'cbcs'], systems: ['clearkey'] }
  await asked(house, 'PUT', `/v1/assets/${closed}/protection`, policy)
  const { keys } = (await asked(house, 'GET', `/v1/assets/${closed}/protection/keys`)) as {
    keys: readonly { kid: string }[]
  }
  const kids = keys.map(({ kid }) => Buffer.from(kid, 'hex').toString('base64url'))
  const token = async (region?: string) => {
    const claims = { account: 'a', content: `vod/${closed}`, ...(region && { regions: [region] }) }
    return ((await asked(house, 'POST', '/v1/tokens', claims)) as { token: string }).token
  }
  const tokens = { none: await token(), DE: await token('DE') }
  return {
    manifests: () =>
      statuses(
        ['index.mpd', 'index.m3u8'].flatMap((file) =>
          ['tv', 'desktop', 'tablet', 'phone'].map((device) =>
            fetch(`${outputs['PlaybackUrl']}/vod/${open}/${file}?device=${device}`),
          ),
        ),
      ),
    segments: () =>
      statuses(
        Array.from({ length: 8 }, (_, index) =>
          fetch(`${outputs['PlaybackUrl']}/media/clear/vod/${open}/${version}/video-1/${index + 1}.0.m4s`),
        ),
      ),
    licences: (region) =>
      statuses(
        Array.from({ length: 8 }, () =>
          fetch(`${outputs['LicenceUrl']}/clearkey`, {
            method: 'POST',
            headers: {
              authorization: `Bearer ${region ? tokens.DE : tokens.none}`,
              'content-type': 'application/json',
              ...(region && { 'local-viewer-country': region }),
            },
            body: JSON.stringify({ kids }),
          }),
        ),
      ),
    speke: () =>
      statuses(
        Array.from({ length: 4 }, () =>
          fetch(`${outputs['SpekeBasicUrl']}/speke/v1.0/heartbeat`, {
            headers: { authorization: outputs['SpekeAuthorization'] ?? '' },
          }),
        ),
      ),
    api: () =>
      statuses([
        ...Array.from({ length: 3 }, () => askApi(house, 'GET', `/v1/assets/${open}`)),
        askApi(house, 'DELETE', `/v1/sessions/${name.padEnd(16, '_').slice(0, 16)}`),
      ]),
    upload: () => house.upload(`vod/late-${name}.mp4`, film),
  }
}

async function asked(house: InProcess, method: string, path: string, body?: object): Promise<unknown> {
  const response = await askApi(house, method, path, body)
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return text === '' ? undefined : JSON.parse(text)
}

async function statuses(requests: readonly Promise<Response>[]): Promise<readonly number[]> {
  const seen: number[] = []
  for (const response of await Promise.all(requests)) {
    await response.arrayBuffer()
    seen.push(response.status)
  }
  return seen
}
