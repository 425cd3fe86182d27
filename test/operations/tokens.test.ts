/** Logs hold nothing that lets its reader in: everything a headend gives out is used, by right and wrongly, and looked for. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { settled } from '../house/assets.ts'
import { type InProcess, startInProcess } from '../house/in-process.ts'
import { demoFilm } from '../house/media.ts'
import { askApi } from '../house/operator-api.ts'

let house: InProcess
/** What may stand in no log, by what it is. */
const secrets = new Map<string, string>()
beforeAll(async () => {
  house = await startInProcess()
})
afterAll(() => house.stop())

async function asked<Answer>(method: string, path: string, body?: object): Promise<Answer> {
  const response = await askApi(house, method, path, body)
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return JSON.parse(text === '' ? '{}' : text) as Answer
}

async function upload(): Promise<void> {
  const bytes = readFileSync(demoFilm)
  const { id, partBytes, parts } = await asked<{
    id: string
    partBytes: number
    parts: readonly { number: number; url: string }[]
  }>('POST', '/v1/uploads', { fileName: 'film.mp4', bytes: bytes.length })
  for (const { number, url } of parts) {
    const { searchParams } = new URL(url)
    secrets.set(`signature of part ${number}`, searchParams.get('X-Amz-Signature') ?? '')
    const body = bytes.subarray((number - 1) * partBytes, number * partBytes)
    expect((await fetch(url, { method: 'PUT', body })).status).toBe(200)
    // The same, broken: what is refused is logged, too.
    expect((await fetch(url.replace('partNumber=', 'partNumber=9'), { method: 'PUT', body })).status).toBe(
      403,
    )
  }
  await asked('POST', `/v1/uploads/${encodeURIComponent(id)}/complete`)
}

interface Session {
  readonly sessionId: string
  readonly token: string
  readonly hls: string
  readonly dash: string
}

/** Plays what needs a session, whatever is answered; another device asks for manifests that no cache has. */
async function play({ dash, hls, token }: Session, version: string, device: string): Promise<void> {
  const root = house.outputs['PlaybackUrl']
  for (const url of [
    `${dash}?device=${device}`,
    `${hls}?device=${device}`,
    `${dash}?token=${token}&device=${device}`,
    `${root}/s/${token}/media/clear/vod/film/${version}/video-1/1.0.m4s`,
    `${root}/s/${token}/media/clear/vod/film/${version}/video-1/99.0.m4s`,
    `${root}/s/${token}/vod/no-such-film/index.mpd`,
    `${root}/s/${token}/nothing`,
  ])
    await (await fetch(url)).arrayBuffer()
}

async function licences(token: string): Promise<void> {
  const { LicenceUrl } = house.outputs
  const body = JSON.stringify({ kids: [Buffer.alloc(16).toString('base64url')] })
  for (const system of ['clearkey', 'widevine', 'nothing'])
    for (const url of [`${LicenceUrl}/${system}?token=${token}`, `${LicenceUrl}/${system}`])
      await (
        await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body })
      ).arrayBuffer()
  await (await fetch(`${LicenceUrl}/clearkey/${'0'.repeat(32)}?token=${token}`)).arrayBuffer()
}

const logged = (): string =>
  readdirSync(join(house.dataDir, 'logs'))
    .map((name) => readFileSync(join(house.dataDir, 'logs', name), 'utf8'))
    .join('')

describe('what was given out', () => {
  it('stands in no log, however it was used', async () => {
    secrets.set('operator token', house.outputs['OperatorToken'] ?? '')
    secrets.set(
      'password of the key server',
      (house.outputs['SpekeAuthorization'] ?? '').replace('Basic ', ''),
    )
    await upload()
    const { version = '' } = await settled(house, 'film')
    const session = await asked<Session>('POST', '/v1/sessions', { content: 'vod/film', ttlSeconds: 3600 })
    secrets.set('session', session.token)
    await play(session, version, 'tv')
    const policy = { mode: 'encrypted', schemes: ['cenc', 'cbcs'], systems: ['clearkey', 'widevine'] }
    await asked('PUT', '/v1/assets/film/protection', policy)
    const { token } = await asked<{ token: string }>('POST', '/v1/tokens', {
      account: 'a',
      content: 'vod/film',
      regions: ['DE'],
    })
    secrets.set('playback token', token)
    await licences(token)
    for (const wrong of [`${token}x`, 'a.b.c']) await licences(wrong)
    for (const authorization of [house.outputs['SpekeAuthorization'] ?? '', 'Basic d3Jvbmc6d3Jvbmc='])
      await fetch(`${house.outputs['SpekeBasicUrl']}/speke/v2.0/copyProtection`, {
        method: 'POST',
        headers: { authorization },
        body: '<no-cpix/>',
      })
    // The same once more while nothing works: an error says more than a success.
    for (const service of ['s3', 'kms', 'dynamodb']) house.cloud.faults.add({ service, kind: 'denied' })
    await play(session, version, 'desktop')
    await licences(token)
    await askApi(house, 'GET', '/v1/assets/film')
    house.cloud.faults.remove()
    await asked('DELETE', `/v1/sessions/${session.sessionId}`)
    await play(session, version, 'phone')

    await expect.poll(logged).toMatch(/manifest failed[\s\S]*licence/)
    const text = logged()
    // Lines of what these requests did are there.
    for (const part of [
      'licence refused',
      'licence failed',
      'request failed',
      'edge failed',
      '/vod/film/index.mpd',
    ])
      expect(text).toContain(part)
    for (const [what, secret] of secrets) {
      expect(secret.length, what).toBeGreaterThan(20)
      expect(text.includes(secret), what).toBe(false)
      // Nor its signature alone, nor as it stands in a URL.
      expect(text.includes(secret.split('.').at(-1) ?? ''), what).toBe(false)
      expect(text.includes(encodeURIComponent(secret)), what).toBe(false)
    }
  })
})
