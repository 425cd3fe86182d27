/** The end of an asset: whatever is delivered again, late or broken off, it is gone, and opens nothing. */
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ApiPorts } from '../../lib/api/index.ts'
import type { EncryptedPolicy } from '../../lib/rights/protection/policy.ts'
import { removeDirs } from '../local/s3/harness.ts'
import { makeFilm } from '../packaging/films/make-film.ts'
import { openLibrary } from './library.ts'

let library: Awaited<ReturnType<typeof openLibrary>>
let call: ReturnType<typeof library.api>
beforeAll(async () => {
  library = await openLibrary()
  call = library.api()
})
afterAll(async () => {
  await library.close()
  await removeDirs()
})

const film = (groups = 3): Uint8Array =>
  makeFilm([
    {
      type: 'video',
      timescale: 12_800,
      samples: Array.from({ length: groups * 50 }, (_, i) => ({
        size: 500,
        duration: 512,
        sync: i % 50 === 0,
      })),
    },
  ])

const encrypted: EncryptedPolicy = {
  mode: 'encrypted',
  schemes: ['cbcs'],
  systems: ['clearkey'],
  keys: 'shared',
}

/** Uploads a film that then plays; gives the message that told of it. */
async function shown(id: string): Promise<string> {
  const message = await library.cloud.put(`vod/${id}.mp4`, film())
  expect(await library.ingest([message])).toBe(0)
  expect(await library.cloud.item(id)).toMatchObject({ state: 'ready' })
  return message
}

async function keysOf(bucket: string, prefix: string): Promise<readonly (string | undefined)[]> {
  const { Contents = [] } = await library.cloud.s3.send(
    new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }),
  )
  return Contents.map(({ Key }) => Key)
}

/** What a stranger may have kept of a film. */
const urlsOf = (id: string): readonly string[] => {
  const version = '0123456789abcdef'
  return [
    `/vod/${id}/index.m3u8`,
    `/vod/${id}/${version}/video-1.m3u8`,
    `/media/clear/vod/${id}/${version}/video-1/1.0.m4s`,
    `/media/lead-10/vod/${id}/${version}/video-1/1.0.m4s`,
    `/media/cbcs-ALL-0/vod/${id}/${version}/video-1/1.0.m4s`,
  ]
}
const isRefused = (said: string): boolean => said.startsWith('403')

async function isGone(id: string): Promise<void> {
  expect(await library.cloud.item(id)).toBeUndefined()
  expect(await keysOf('media', `timelines/vod/${id}/`)).toEqual([])
  expect(await keysOf('upload', `vod/${id}`)).toEqual([])
  const said = await library.stranger(urlsOf(id))
  expect(said.filter((one) => !isRefused(one))).toEqual([])
}

describe('an asset that is deleted', () => {
  it('goes with all its versions and uploads, says so, and is closed at the edge though it was public', async () => {
    const told = await shown('public')
    expect((await library.stranger(urlsOf('public')))[0]).not.toMatch(/^403/)
    const { status, json } = await call('DELETE', '/v1/assets/public')
    expect(status).toBe(200)
    expect(json).toMatchObject({
      id: 'public',
      versions: [expect.stringMatching(/^[0-9a-f]{16}$/)],
      timelineObjects: expect.any(Number),
      uploads: [{ key: 'vod/public.mp4', bytes: film().length }],
      keys: 'kept',
      policy: 'kept',
    })
    await isGone('public')
    expect(library.invalidated).toContain('/media/clear/vod/public/*')
    // Told of again, late: it does not come back.
    expect(await library.ingest([told, told])).toBe(0)
    await isGone('public')
  })

  it('is gone after three times as after one', async () => {
    await shown('thrice')
    for (let time = 0; time < 3; time++) expect((await call('DELETE', '/v1/assets/thrice')).status).toBe(200)
    expect((await call('DELETE', '/v1/assets/thrice')).json).toMatchObject({ versions: [], uploads: [] })
    await isGone('thrice')
  })

  it('stays closed where its policy goes, whatever is swept or said of its policy, until caches forgot it', async () => {
    library.rights.policies.set('vod/secret', encrypted)
    await shown('secret')
    expect((await library.stranger(urlsOf('secret'))).every(isRefused)).toBe(true)
    const { json } = await call('DELETE', '/v1/assets/secret?policy=forget&keys=retire')
    expect(json).toMatchObject({ keys: 'retired', policy: 'forgotten' })
    await isGone('secret')
    await library.sweep()
    await isGone('secret')
    expect((await call('DELETE', '/v1/assets/secret/protection')).status).toBe(204)
    expect((await call('PUT', '/v1/assets/secret/protection', { mode: 'none' })).status).toBe(200)
    await isGone('secret')
    library.clock.nowMs += 367 * 86_400_000
    await library.sweep()
    expect(await library.marks()).not.toHaveProperty('p.vod/secret')
  })

  it.each([encrypted, { ...encrypted, clearLeadSeconds: 10 }, undefined])(
    'stays closed where somebody who indexed it comes to his end meanwhile (%j)',
    async (policy) => {
      const id = `late-${policy?.clearLeadSeconds ?? policy?.mode ?? 'public'}`
      if (policy) library.rights.policies.set(`vod/${id}`, policy)
      await shown(id)
      const meanwhile = library.api(({ work }) => ({
        work: {
          ...work,
          objects: {
            ...work.objects,
            async removeUploads(keys) {
              await library.comesLate(`vod/${id}`)
              await work.objects.removeUploads(keys)
            },
          },
        },
      }))
      expect((await meanwhile('DELETE', `/v1/assets/${id}?policy=forget`)).status).toBe(200)
      await isGone(id)
      await library.comesLate(`vod/${id}`)
      await isGone(id)
    },
  )

  it('leaves the policy where nobody says otherwise, and a film of the same name has it', async () => {
    library.rights.policies.set('vod/again', encrypted)
    await shown('again')
    await call('DELETE', '/v1/assets/again')
    await shown('again')
    expect(await library.cloud.item('again')).toMatchObject({ protection: expect.any(String) })
    expect(await library.marks()).toMatchObject({ 'p.vod/again': '1' })
  })

  it('may be uploaded anew, and is public again where nothing protects it', async () => {
    await shown('back')
    await call('DELETE', '/v1/assets/back')
    await shown('back')
    expect((await library.stranger(urlsOf('back')))[0]).toBe('/vod/back/index.m3u8')
  })

  it('may have failed, under a key that was refused', async () => {
    expect(await library.ingest([await library.cloud.put('vod/Kein Film!.mp4', 'no film')])).toBe(0)
    const { json } = await call('GET', '/v1/assets?state=failed')
    const [{ id } = { id: '' }] = (json as { assets: { id: string }[] }).assets
    expect((await call('DELETE', `/v1/assets/${id}`)).json).toMatchObject({
      uploads: [{ key: 'vod/Kein Film!.mp4' }],
    })
    expect(await keysOf('upload', 'vod/Kein')).toEqual([])
    expect((await call('GET', `/v1/assets/${id}`)).status).toBe(404)
  })

  it('takes nothing of a neighbour whose name begins alike', async () => {
    await shown('a')
    await shown('a.b')
    await shown('ab')
    await call('DELETE', '/v1/assets/a')
    for (const id of ['a.b', 'ab']) {
      expect(await keysOf('upload', `vod/${id}.mp4`)).toHaveLength(1)
      expect(await library.cloud.item(id)).toMatchObject({ state: 'ready' })
      expect(await keysOf('media', `timelines/vod/${id}/`)).not.toEqual([])
    }
  })
})

describe('a deletion that breaks off', () => {
  type Whole = Pick<ApiPorts, 'work' | 'sealing' | 'presentations'>
  const breaks = () => Promise.reject(new Error('broken off'))
  const steps: readonly (readonly [string, (whole: Whole) => Partial<ApiPorts>])[] = [
    ['the mark', ({ sealing }) => ({ sealing: { ...sealing, seal: breaks } })],
    [
      'the timelines',
      ({ work }) => ({ work: { ...work, objects: { ...work.objects, removeTimelines: breaks } } }),
    ],
    [
      'the uploads',
      ({ work }) => ({ work: { ...work, objects: { ...work.objects, removeUploads: breaks } } }),
    ],
    ['the row', ({ work }) => ({ work: { ...work, rows: { ...work.rows, endDeletion: breaks } } })],
  ]

  it.each(steps)(
    'before %s plays nothing, takes no upload, and is done by the next one',
    async (name, broken) => {
      const id = `broken-${name.replace(/\W/g, '-')}`
      library.rights.policies.set(`vod/${id}`, encrypted)
      const told = await shown(id)
      expect((await library.api(broken)('DELETE', `/v1/assets/${id}?policy=forget`)).status).toBe(500)
      const item = await library.cloud.item(id)
      expect(item).toMatchObject({ state: 'deleting' })
      expect(item).not.toHaveProperty('version')
      expect((await library.stranger(urlsOf(id))).every(isRefused)).toBe(true)
      // Told of again meanwhile it waits in the queue, and so does an upload that is new.
      expect(await library.ingest([told])).toBe(1)
      expect(await call('POST', `/v1/assets/${id}/ingest`)).toMatchObject({
        status: 409,
        json: { error: { code: 'ASSET_DELETING' } },
      })
      expect((await call('DELETE', `/v1/assets/${id}?policy=forget`)).status).toBe(200)
      await isGone(id)
      expect(await library.ingest([told])).toBe(0)
      await isGone(id)
    },
  )
})

describe('an asset that presentations show', () => {
  it('is not deleted unless they are to do without it', async () => {
    await shown('part')
    const clips = [{ asset: 'part' }]
    expect((await call('PUT', '/v1/presentations/evening', { clips })).status).toBe(200)
    const { status, json } = await call('DELETE', '/v1/assets/part')
    expect(status).toBe(409)
    expect(json).toMatchObject({
      error: { code: 'ASSET_IN_USE', message: expect.stringContaining('presentations/evening') },
    })
    expect(await library.cloud.item('part')).toMatchObject({ state: 'ready' })
    expect((await call('DELETE', '/v1/assets/part?force=true')).status).toBe(200)
    await isGone('part')
  })

  it('is found in presentations stored before their rows said what they show', async () => {
    await shown('old')
    const clips = [{ asset: 'old' }]
    expect((await call('PUT', '/v1/presentations/before', { clips })).status).toBe(200)
    const key = { pk: 'presentations/before', sk: 'asset' }
    const { contents, ...row } = (await library.row(key)) ?? {}
    expect(contents).toEqual(['vod/old'])
    await library.cloud.putItem(row)
    expect((await call('DELETE', '/v1/assets/old')).json).toMatchObject({
      error: { code: 'ASSET_IN_USE', message: expect.stringContaining('presentations/before') },
    })
  })

  it('is not deleted where there are more presentations than are looked through', async () => {
    await shown('lost')
    const row = {
      id: 'presentations/many',
      version: 'v',
      revision: 1,
      durationSeconds: 1,
      isProtected: false,
      updatedAt: '2026-01-01',
      contents: ['vod/other'],
    }
    const endless = library.api(({ presentations }) => ({
      presentations: {
        ...presentations,
        page: (limit) => Promise.resolve({ rows: Array.from({ length: limit }, () => row), last: row }),
      },
    }))
    expect((await endless('DELETE', '/v1/assets/lost')).json).toMatchObject({
      error: { code: 'ASSET_IN_USE', message: expect.stringContaining('more presentations') },
    })
    expect(await library.cloud.item('lost')).toMatchObject({ state: 'ready' })
  })
})
