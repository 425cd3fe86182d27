/** A film protected from its upload to its bytes, as deployed over the local cloud. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { protectionOf, samplesOf, segmentProtection } from '../../judges/media/decrypt.ts'
import type { Resource } from '../assembly.ts'
import { settled } from '../assets.ts'
import { type InProcess, startInProcess } from '../in-process.ts'
import { demoFilm } from '../media.ts'
import { askApi } from '../operator-api.ts'

const film = readFileSync(demoFilm)
const policy = { mode: 'encrypted', schemes: ['cenc', 'cbcs'], systems: ['clearkey'], keys: 'perType' }
/** Every key a licence of this run had. */
const keys = new Set<string>()

async function api(house: InProcess, method: string, path: string, body?: object): Promise<unknown> {
  const response = await askApi(house, method, path, body)
  expect(response.ok, `${method} ${path}: ${response.status}`).toBe(true)
  return response.json()
}

async function protect(house: InProcess, id: string): Promise<string> {
  await house.upload(`vod/${id}/film.mp4`, film)
  const asset = { files: ['film.mp4'], protection: policy }
  await house.upload(`vod/${id}/asset.json`, Buffer.from(JSON.stringify(asset)))
  expect((await settled(house, id)).state).toBe('ready')
  const session = (await api(house, 'POST', '/v1/sessions', { content: `vod/${id}`, ttlSeconds: 600 })) as {
    hls: string
  }
  return session.hls.replace(/index\.m3u8$/, '')
}

async function keyOf(house: InProcess, id: string, kid: string): Promise<Buffer> {
  const { token } = (await api(house, 'POST', '/v1/tokens', { content: `vod/${id}`, account: 'a' })) as {
    token: string
  }
  const response = await fetch(`${house.outputs['LicenceUrl']}/clearkey`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ kids: [Buffer.from(kid, 'hex').toString('base64url')] }),
  })
  const licence = (await response.json()) as { keys: { kid: string; k: string }[] }
  for (const { k } of licence.keys) keys.add(Buffer.from(k, 'base64url').toString('hex'))
  const own = licence.keys.find((one) => Buffer.from(one.kid, 'base64url').toString('hex') === kid)
  return Buffer.from(own?.k ?? '', 'base64url')
}

const bytesOf = async (url: string): Promise<Buffer> => {
  const response = await fetch(url)
  expect(response.status, url).toBe(200)
  return Buffer.from(await response.arrayBuffer())
}

/** Paths of the first picture segment and its init, as the MPD names them. */
async function picture(root: string, scheme: string): Promise<{ init: string; segment: string }> {
  const mpd = (await bytesOf(`${root}index.mpd?scheme=${scheme}`)).toString()
  const set = mpd.slice(mpd.indexOf('contentType="video"'))
  const of = (attribute: string) => new RegExp(`${attribute}="([^"]+)"`).exec(set)?.[1] ?? expect.fail(mpd)
  const segment = of('media').replaceAll('$RepresentationID$', of('Representation[^>]* id'))
  return { init: root + of('initialization'), segment: root + segment.replace('$Number$', '1') }
}

describe('a protected film', () => {
  let house: InProcess
  let root: string
  beforeAll(async () => {
    house = await startInProcess()
    root = await protect(house, 'film')
  })
  afterAll(() => house.stop())

  it('leaves under either scheme, opens by its licence, and holds the same pictures', async () => {
    const opened: Buffer[] = []
    for (const scheme of ['cenc', 'cbcs']) {
      const { init, segment } = await picture(root, scheme)
      const how = protectionOf(await bytesOf(init))
      expect(how.scheme).toBe(scheme)
      const key = await keyOf(house, 'film', how.kid)
      opened.push(Buffer.concat(samplesOf(await bytesOf(segment), key, how)))
      // The same URL, the same bytes; a part of them is a part of them.
      const whole = await bytesOf(segment)
      const part = await fetch(segment, { headers: { range: 'bytes=1000-1999' } })
      expect(part.status).toBe(206)
      expect(Buffer.from(await part.arrayBuffer()).equals(whole.subarray(1000, 2000))).toBe(true)
      const head = await fetch(segment, { method: 'HEAD' })
      expect(head.headers.get('content-length')).toBe(`${whole.length}`)
    }
    expect(opened[0]?.length).toBeGreaterThan(1_000_000)
    expect(opened[0]?.equals(opened[1] ?? Buffer.alloc(0))).toBe(true)
  })

  it('has new keys everywhere after one call, and goes on with the old ones for who plays', async () => {
    const before = await picture(root, 'cenc')
    await api(house, 'POST', '/v1/assets/film/protection/retire', { period: 0 })
    // Manifests are kept for seconds.
    await expect
      .poll(async () => (await picture(root, 'cenc')).segment, { timeout: 20_000, interval: 500 })
      .not.toBe(before.segment)
    const after = await picture(root, 'cenc')
    const [old, fresh] = [protectionOf(await bytesOf(before.init)), protectionOf(await bytesOf(after.init))]
    expect(fresh.kid).not.toBe(old.kid)
    const samples = await Promise.all(
      [
        { ...before, how: old },
        { ...after, how: fresh },
      ].map(async ({ segment, how }) =>
        Buffer.concat(samplesOf(await bytesOf(segment), await keyOf(house, 'film', how.kid), how)),
      ),
    )
    expect(samples[0]?.equals(samples[1] ?? Buffer.alloc(0))).toBe(true)
  })

  it('starts in the clear and changes keys in band when its operator says so', async () => {
    const path = '/v1/assets/film/protection'
    const wish = { ...policy, rotationSeconds: 12, rotationSignalling: 'inBand', clearLeadSeconds: 13 }
    expect(await api(house, 'PUT', path, wish)).toMatchObject({ policy: wish })
    expect(await api(house, 'GET', path)).toMatchObject({ policy: wish })
    // Manifests are kept for seconds, and so is what the packager knows of policies.
    const given = async () => {
      const { segment } = await picture(root, 'cbcs')
      return segment.includes('/media/lead-13/') && (await fetch(segment)).status
    }
    await expect.poll(given, { timeout: 25_000, interval: 500 }).toBe(200)
    const lead = await picture(root, 'cbcs')
    const mpd = (await bytesOf(`${root}index.mpd?scheme=cbcs`)).toString()
    expect(mpd.split('<Period')).toHaveLength(3)
    expect((await fetch(lead.segment.replace(/1\.0\.m4s$/, '2.0.m4s'))).status).toBe(403)
    const sealed = root + (/[^"]+media\/cbcs-HD-\d+-seig\/[^"]+video-1\//.exec(mpd)?.[0] ?? expect.fail(mpd))
    const how = protectionOf(await bytesOf(`${sealed}i-1.mp4`))
    const last = await bytesOf(`${sealed}4.0.m4s`)
    const { kid } = segmentProtection(last, how)
    expect(kid).not.toBe(how.kid)
    const key = await keyOf(house, 'film', kid)
    expect(Buffer.concat(samplesOf(last, key, how)).length).toBeGreaterThan(100_000)
  })

  it('is in the clear again when its operator says so, and not before', async () => {
    const clear = async () => !(await bytesOf(`${root}index.mpd`)).includes('ContentProtection')
    expect(await clear()).toBe(false)
    await api(house, 'PUT', '/v1/assets/film/protection', { mode: 'none' })
    await expect.poll(clear, { timeout: 20_000, interval: 500 }).toBe(true)
    expect((await bytesOf(`${root}index.mpd`)).includes('/media/clear/')).toBe(true)
  })

  it('keeps no key in any file or log', () => {
    expect(keys.size).toBeGreaterThanOrEqual(4)
    const files = readdirSync(house.dataDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name)))
    for (const hex of keys) {
      const bytes = Buffer.from(hex, 'hex')
      const forms = [bytes, hex, bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')]
      for (const form of forms) expect(files.some((file) => file.includes(form))).toBe(false)
    }
    expect(house.failures).toEqual([])
  })
})

describe('a film that was in the clear', () => {
  it('is so no more for whom caches would still serve, once it is protected', async () => {
    const house = await startInProcess()
    try {
      await house.upload('vod/public.mp4', film)
      expect((await settled(house, 'public')).state).toBe('ready')
      const { segment } = await picture(`${house.outputs['PlaybackUrl']}/vod/public/`, 'cenc')
      const status = async () => (await fetch(segment)).status
      expect(await status()).toBe(200)
      await api(house, 'PUT', '/v1/assets/public/protection', policy)
      await expect.poll(status, { timeout: 20_000, interval: 300 }).toBe(403)
      await api(house, 'PUT', '/v1/assets/public/protection', { mode: 'none' })
      await expect.poll(status, { timeout: 20_000, interval: 300 }).toBe(200)
    } finally {
      await house.stop()
    }
  })
})

describe('without its grant to open content keys', () => {
  it('the packager gives out nothing of a protected film, and other films go on', async () => {
    const house = await startInProcess((resources) => {
      const packager = ([id, { Type }]: [string, Resource]) =>
        Type === 'AWS::IAM::Policy' && id.startsWith('PackagingPackager')
      for (const [, { Properties }] of Object.entries(resources).filter(packager)) {
        const document = Properties['PolicyDocument'] as {
          Statement: { Action: unknown; Condition?: object }[]
        }
        document.Statement = document.Statement.filter(
          ({ Action, Condition }) =>
            !([Action].flat().includes('kms:Decrypt') && JSON.stringify(Condition).includes('kid')),
        )
      }
    })
    try {
      const root = await protect(house, 'film')
      const { segment } = await picture(root, 'cenc')
      expect((await fetch(segment)).status).toBe(502)
      expect(house.failures.join('\n')).toMatch(/not authorized to perform: kms:Decrypt/)
      await house.upload('vod/open.mp4', film)
      expect((await settled(house, 'open')).state).toBe('ready')
      const open = `${house.outputs['PlaybackUrl']}/vod/open/`
      expect((await fetch((await picture(open, 'cenc')).segment)).status).toBe(200)
    } finally {
      await house.stop()
    }
  })
})
