import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { HeadendError } from '../../lib/errors.ts'
import { memoryRights } from '../rights/memory.ts'
import { assetItem, memoryApi } from './parts.ts'

describe('who may ask', () => {
  it('nobody without a token, and is told so', async () => {
    const { call } = memoryApi()
    const { status, json, headers } = await call('GET', '/v1/assets', undefined, '')
    expect(status).toBe(401)
    expect(json).toMatchObject({ error: { code: 'TOKEN_MISSING' } })
    expect(headers.get('www-authenticate')).toContain('Bearer')
  })

  it('nobody with a wrong one', async () => {
    const { call, faults } = memoryApi()
    expect(await call('GET', '/v1/assets', undefined, 'bad')).toMatchObject({
      status: 401,
      json: { error: { code: 'TOKEN_INVALID' } },
    })
    expect(faults).toEqual([])
  })

  it('everybody for the document and the health check', async () => {
    const { call } = memoryApi()
    expect((await call('GET', '/openapi.json', undefined, '')).status).toBe(200)
    expect((await call('GET', '/health', undefined, '')).json).toEqual({ status: 'ok' })
  })

  it('an operator, whose name and token are told with what became of each request', async () => {
    const { call, answered } = memoryApi()
    await call('GET', '/v1/assets')
    await call('GET', `/v1/assets/none${'x'.repeat(1000)}`)
    await call('GET', '/v1/assets', undefined, 'bad')
    expect(answered).toMatchObject([
      { method: 'GET', path: '/v1/assets', subject: 'anna', tokenId: 't1', status: 200 },
      { method: 'GET', path: expect.stringMatching(/^.{300}$/), subject: 'anna', status: 400 },
    ])
  })
})

const pageAfter = (change: object): string =>
  Buffer.from(
    JSON.stringify({ pk: 'vod/film', sk: 'asset', kind: 'asset', updatedAt: '2026-01-01', ...change }),
  ).toString('base64url')

describe('refusals', () => {
  const cases: readonly (readonly [string, string, unknown, number, string])[] = [
    ['GET', '/v1/nothing', undefined, 404, 'ROUTE_NOT_FOUND'],
    ['GET', '/elsewhere', undefined, 404, 'ROUTE_NOT_FOUND'],
    ['GET', '/v1/assets/none', undefined, 404, 'ASSET_NOT_FOUND'],
    ['GET', '/v1/assets/no%20id', undefined, 400, 'REQUEST_INVALID'],
    ['GET', '/v1/assets?limit=0', undefined, 400, 'REQUEST_INVALID'],
    ['GET', '/v1/assets?next=x', undefined, 400, 'REQUEST_INVALID'],
    // DynamoDB takes no empty key.
    ['GET', `/v1/assets?next=${pageAfter({ updatedAt: '' })}`, undefined, 400, 'REQUEST_INVALID'],
    ['GET', `/v1/assets?next=${pageAfter({ sk: 'progress' })}`, undefined, 400, 'REQUEST_INVALID'],
    ['GET', `/v1/assets?next=${pageAfter({ sk: undefined })}`, undefined, 400, 'REQUEST_INVALID'],
    ['GET', `/v1/assets?next=${pageAfter({ pk: 'live/one' })}`, undefined, 400, 'REQUEST_INVALID'],
    ['GET', `/v1/assets?next=${pageAfter({ kind: 'channel' })}`, undefined, 400, 'REQUEST_INVALID'],
    ['GET', `/v1/assets/${'x'.repeat(129)}`, undefined, 400, 'REQUEST_INVALID'],
    ['GET', `/v1/assets/${'x'.repeat(128)}`, undefined, 404, 'ASSET_NOT_FOUND'],
    ['POST', '/v1/uploads', { bytes: 1, assetId: 'x'.repeat(129) }, 400, 'REQUEST_INVALID'],
    ['POST', '/v1/uploads', '{"bytes":', 400, 'REQUEST_INVALID'],
    ['POST', '/v1/uploads', { bytes: 1 }, 400, 'REQUEST_INVALID'],
    ['POST', '/v1/uploads', { bytes: 0, fileName: 'a.mp4' }, 400, 'REQUEST_INVALID'],
    ['POST', '/v1/uploads', { bytes: 1, assetId: '..' }, 400, 'REQUEST_INVALID'],
    ['POST', '/v1/uploads', { bytes: 1, fileName: 'x'.repeat(70_000) }, 413, 'REQUEST_TOO_LARGE'],
    ['GET', '/v1/uploads/nonsense', undefined, 404, 'UPLOAD_ID'],
    ['POST', '/v1/sessions', { content: 'vod/../x' }, 400, 'REQUEST_INVALID'],
    ['POST', '/v1/sessions', { content: `vod/${'x'.repeat(129)}` }, 400, 'REQUEST_INVALID'],
    ['POST', '/v1/sessions', { content: 'vod/x', ttlSeconds: 1 }, 400, 'REQUEST_INVALID'],
  ]
  it.each(cases)('%s %s with %j: %i %s', async (method, path, body, status, code) => {
    const { call, faults } = memoryApi()
    const answer = await call(method, path, body)
    expect(answer).toMatchObject({ status, json: { error: { code } } })
    expect(Object.keys(answer.json as object)).toEqual(['error'])
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(faults).toEqual([])
  })

  it('of our making say nothing of the cause, but report it', async () => {
    const failing = { asset: () => Promise.reject(new Error('table secret-name is gone')) }
    const { call, faults } = memoryApi({
      assets: {
        ...failing,
        assets: () => Promise.resolve({ items: [] }),
        object: () => Promise.resolve(undefined),
      },
    })
    const { status, json } = await call('GET', '/v1/assets/film')
    expect(status).toBe(500)
    expect(JSON.stringify(json)).not.toContain('secret-name')
    expect(faults).toHaveLength(1)
  })

  it('refuse a body that is not JSON by type', async () => {
    const { app } = memoryApi()
    const response = await app.request('/v1/sessions', {
      method: 'POST',
      headers: { authorization: 'Bearer good', 'content-type': 'text/plain' },
      body: '{"content":"vod/x"}',
    })
    expect(response.status).toBe(415)
    expect(await response.json()).toMatchObject({ error: { code: 'REQUEST_TYPE' } })
  })
})

describe('assets', () => {
  it('show what packaging stored and where it plays', async () => {
    const { call, items } = memoryApi()
    items.set(
      'film',
      assetItem('film', {
        state: 'ready',
        version: 'v7',
        durationSeconds: 30.5,
        tracks: [{ id: 'v1', type: 'video', codec: 'avc1.64001f', width: 1920, height: 1080 }],
        sources: { 'vod/film.mp4': { versionId: 'x', bytes: 123 } },
      }),
    )
    expect((await call('GET', '/v1/assets/film')).json).toEqual({
      id: 'film',
      state: 'ready',
      progress: 1,
      version: 'v7',
      durationSeconds: 30.5,
      tracks: [{ id: 'v1', type: 'video', codec: 'avc1.64001f', width: 1920, height: 1080 }],
      files: [{ key: 'vod/film.mp4', bytes: 123, versionId: 'x' }],
      manifests: {
        hls: 'https://play.example/vod/film/index.m3u8',
        dash: 'https://play.example/vod/film/index.mpd',
      },
      protected: false,
      versions: [],
      updatedAt: '2026-01-31T12:00:00.000Z',
    })
  })

  it('say whether they are protected, so that nobody waits for what their manifests do not play', async () => {
    const { call, items } = memoryApi()
    items.set('film', assetItem('film', { state: 'ready', protection: 'a1b2c3' }))
    items.set('broken', assetItem('broken', { state: 'dreaming' }))
    expect((await call('GET', '/v1/assets/film')).json).toMatchObject({ protected: true })
    // What was not read must not look open.
    expect((await call('GET', '/v1/assets/broken')).json).toMatchObject({ protected: true })
  })

  it('are listed page by page, latest first, each once', async () => {
    const { call, items } = memoryApi()
    for (let i = 0; i < 5; i++) items.set(`a${i}`, assetItem(`a${i}`, { updatedAt: `2026-01-0${i + 1}` }))
    const seen: string[] = []
    let next = ''
    do {
      const { json } = await call('GET', `/v1/assets?limit=2${next}`)
      const page = json as { assets: { id: string }[]; next?: string }
      seen.push(...page.assets.map(({ id }) => id))
      next = page.next === undefined ? '' : `&next=${page.next}`
    } while (next !== '')
    expect(seen).toEqual(['a4', 'a3', 'a2', 'a1', 'a0'])
  })

  it('that can not be read are shown as failed and hide no other', async () => {
    const { call, items } = memoryApi()
    items.set('good', assetItem('good'))
    items.set('bad', assetItem('bad', { state: 'dreaming' }))
    const { json } = await call('GET', '/v1/assets')
    expect((json as { assets: unknown[] }).assets).toMatchObject([
      { id: 'good', state: 'indexing' },
      { id: 'bad', state: 'failed', error: { code: 'ASSET_RECORD' } },
    ])
  })
})

describe('uploads', () => {
  const begin = { fileName: 'My Film.mp4', bytes: 20 * 2 ** 20, contentType: 'video/mp4' }
  interface Begun {
    readonly id: string
    readonly replaces: boolean
    readonly parts: readonly { readonly number: number; readonly bytes: number }[]
  }

  it('go in parts to the asset named like the file', async () => {
    const { call } = memoryApi()
    const { status, json } = await call('POST', '/v1/uploads', begin)
    expect(status).toBe(201)
    expect(json).toMatchObject({
      assetId: 'My-Film',
      key: 'vod/My-Film.mp4',
      replaces: false,
      partBytes: 8 * 2 ** 20,
      partCount: 3,
      parts: [
        { number: 1, offset: 0, bytes: 8 * 2 ** 20 },
        { number: 2, offset: 8 * 2 ** 20, bytes: 8 * 2 ** 20 },
        { number: 3, offset: 16 * 2 ** 20, bytes: 4 * 2 ** 20 },
      ],
      urlsExpireAt: '2026-01-31T13:00:00.000Z',
    })
  })

  it('of subtitles go into the folder of their film, and are its uploads all the way', async () => {
    const { call, open } = memoryApi()
    const request = { assetId: 'film', fileName: 'en.vtt', bytes: 10 }
    const { json } = await call('POST', '/v1/uploads', request)
    expect(json).toMatchObject({ assetId: 'film', key: 'vod/film/en.vtt' })
    const { id } = json as Begun
    open.get([...open.keys()][0] ?? '')?.push({ number: 1, bytes: 10, etag: 'a' })
    expect((await call('GET', `/v1/uploads/${id}`)).json).toMatchObject({ assetId: 'film' })
    expect((await call('POST', `/v1/uploads/${id}/complete`)).json).toMatchObject({
      assetId: 'film',
      key: 'vod/film/en.vtt',
    })
  })

  it('of subtitles that name no film are refused', async () => {
    const { call } = memoryApi()
    expect(await call('POST', '/v1/uploads', { fileName: 'en.vtt', bytes: 10 })).toMatchObject({
      status: 400,
      json: { error: { code: 'UPLOAD_NAME' } },
    })
  })

  it('say when they make a new version of something that is there', async () => {
    const { call, items } = memoryApi()
    items.set('My-Film', assetItem('My-Film'))
    expect((await call('POST', '/v1/uploads', begin)).json).toMatchObject({ replaces: true })
  })

  it('are completed only when every byte is there, and twice give the same answer', async () => {
    const { call, open } = memoryApi()
    const begun = (await call('POST', '/v1/uploads', begin)).json as Begun
    const received = [...open.values()][0] ?? []
    received.push({ number: 1, bytes: 8 * 2 ** 20, etag: 'a' }, { number: 3, bytes: 5, etag: 'c' })
    expect(await call('POST', `/v1/uploads/${begun.id}/complete`)).toMatchObject({
      status: 409,
      json: { error: { code: 'UPLOAD_INCOMPLETE', message: expect.stringContaining('first 2, 3') } },
    })
    expect((await call('GET', `/v1/uploads/${begun.id}`)).json).toMatchObject({
      assetId: 'My-Film',
      partCount: 3,
      received: [
        { number: 1, bytes: 8 * 2 ** 20 },
        { number: 3, bytes: 5 },
      ],
    })
    received.splice(0, 2, ...begun.parts.map(({ number, bytes }) => ({ number, bytes, etag: 'x' })))
    const first = await call('POST', `/v1/uploads/${begun.id}/complete`)
    expect(first).toMatchObject({ status: 200, json: { assetId: 'My-Film', versionId: 'v1' } })
    expect((await call('POST', `/v1/uploads/${begun.id}/complete`)).json).toEqual(first.json)
  })

  it('give more URLs for parts they have, and for no others', async () => {
    const { call } = memoryApi()
    const { id } = (await call('POST', '/v1/uploads', begin)).json as Begun
    expect((await call('POST', `/v1/uploads/${id}/parts`, { numbers: [3] })).json).toMatchObject({
      parts: [{ number: 3, offset: 16 * 2 ** 20, bytes: 4 * 2 ** 20 }],
    })
    expect(await call('POST', `/v1/uploads/${id}/parts`, { numbers: [4] })).toMatchObject({
      status: 400,
      json: { error: { code: 'UPLOAD_PART' } },
    })
  })

  it('that were given up are gone, however often that is said', async () => {
    const { call } = memoryApi()
    const { id } = (await call('POST', '/v1/uploads', begin)).json as Begun
    expect((await call('DELETE', `/v1/uploads/${id}`)).status).toBe(204)
    expect((await call('DELETE', `/v1/uploads/${id}`)).status).toBe(204)
    expect(await call('POST', `/v1/uploads/${id}/complete`)).toMatchObject({
      status: 404,
      json: { error: { code: 'UPLOAD_NOT_FOUND' } },
    })
  })
})

describe('keys of sessions', () => {
  it('are made anew by one call, and the one before stays for as long as its sessions last', async () => {
    let nowMs = Date.UTC(2026, 0, 31, 12)
    const { call, entries } = memoryApi({ now: () => nowMs })
    const kidOfNew = async () => {
      const { json } = await call('POST', '/v1/sessions', { content: 'vod/film' })
      return (json as { token: string }).token.split('.')[0]
    }
    expect(await kidOfNew()).toBe('1')
    const first = entries.get('k.1')
    expect(await call('POST', '/v1/sessions/keys/rotate')).toMatchObject({
      status: 200,
      json: { kid: '2', before: { kid: '1', opensUntil: '2026-02-07T12:10:00.000Z' } },
    })
    expect(await kidOfNew()).toBe('2')
    expect([entries.get('k.1'), entries.get('x.1')]).toEqual([
      first,
      String(Date.UTC(2026, 1, 7, 12, 10) / 1000),
    ])
    expect(entries.get('k.2')).toMatch(/^[0-9a-f]{64}$/)
    expect(entries.get('k.2')).not.toBe(first)
    expect((await call('POST', '/v1/sessions/keys/rotate')).json).toMatchObject({
      kid: '3',
      before: { kid: '2' },
    })
    expect(await kidOfNew()).toBe('3')
    // Another function rotates; this one signs with what it knows for a minute more.
    entries.set('c', '9').set('k.9', 'a'.repeat(64))
    expect(await kidOfNew()).toBe('3')
    nowMs += 60_000
    expect(await kidOfNew()).toBe('9')
  })

  it('say no where others rotate them at the same time', async () => {
    const store = memoryApi().sessions
    const { call } = memoryApi({ sessions: { ...store, edit: () => Promise.resolve(new Map()) } })
    expect(await call('POST', '/v1/sessions/keys/rotate')).toMatchObject({
      status: 503,
      json: { error: { code: 'SESSION_KEYS_RACE' } },
    })
  })
})

describe('sessions', () => {
  it('carry a token that the viewer-request function can check with the stored key', async () => {
    const { call, entries } = memoryApi()
    const { status, json } = await call('POST', '/v1/sessions', { content: 'vod/film', ttlSeconds: 60 })
    expect(status).toBe(201)
    const session = json as Record<'sessionId' | 'token' | 'hls' | 'expiresAt', string>
    const [kid = '', payload = '', signature] = session.token.split('.')
    const key = entries.get(`k.${kid}`) ?? ''
    expect(key).toMatch(/^[0-9a-f]{64}$/)
    expect(
      createHmac('sha256', Buffer.from(key, 'hex')).update(`${kid}.${payload}`).digest('base64url'),
    ).toBe(signature)
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toEqual({
      c: 'vod/film',
      e: Date.UTC(2026, 0, 31, 12, 1) / 1000,
      s: session.sessionId,
    })
    expect(session.hls).toBe(`https://play.example/s/${session.token}/vod/film/index.m3u8`)
    expect(session.expiresAt).toBe('2026-01-31T12:01:00.000Z')
  })

  it('are revoked by an entry that says when it may be forgotten', async () => {
    const { call, entries } = memoryApi()
    const id = 'abcdefgh-_012345'
    expect((await call('DELETE', `/v1/sessions/${id}`)).status).toBe(204)
    expect(Number(entries.get(`r.${id}`))).toBe(Date.UTC(2026, 1, 7, 12) / 1000)
  })

  // A gateway cuts a path off at a question mark: what is left of one must not be another session.
  it.each(['abc', 'abcdefgh-_01234', 'abcdefgh-_0123456', 'abcdefgh-_01234%3F', 'vod%2Ffilm'])(
    'are not revoked by %s, which is the id of none',
    async (id) => {
      const { call, entries } = memoryApi()
      for (const kind of ['sessions', 'tokens'])
        expect(await call('DELETE', `/v1/${kind}/${id}`)).toMatchObject({
          status: 400,
          json: { error: { code: 'REQUEST_INVALID' } },
        })
      expect([...entries.keys()].filter((name) => name.startsWith('r.'))).toEqual([])
    },
  )
})

describe('accounts', () => {
  const revoked: string[] = []
  const { ports } = memoryRights()
  const { call } = memoryApi({
    rights: {
      ...ports,
      revocations: {
        ...ports.revocations,
        revokeAccount: (account) => Promise.resolve(void revoked.push(account)),
      },
    },
  })

  it.each(['a/b', 'org/unit/7', 'a?b', 'x%62', '~!#$', 'tokens'])(
    'called %s lose their tokens by a body that names them',
    async (account) => {
      expect((await call('POST', '/v1/accounts/tokens/revoke', { account })).status).toBe(204)
      expect(revoked.at(-1)).toBe(account)
    },
  )

  it.each([
    ['plain', 'plain'],
    ['org/7', 'org/7'],
    ['org%2F7', 'org/7'],
    ['a/tokens/b', 'a/tokens/b'],
  ])('in a path lose them as %s', async (path, account) => {
    expect((await call('DELETE', `/v1/accounts/${path}/tokens`)).status).toBe(204)
    expect(revoked.at(-1)).toBe(account)
  })

  it.each(['x%2562', 'org/x%2562', 'a%20b', 'org/a%20b', 'o'.repeat(257)])(
    'in a path that may have named another are refused: %s',
    async (path) => {
      const before = revoked.length
      expect(await call('DELETE', `/v1/accounts/${path}/tokens`)).toMatchObject({
        status: 400,
        json: { error: { code: 'REQUEST_INVALID' } },
      })
      expect(revoked).toHaveLength(before)
    },
  )

  it('get no token under a name that holds %', async () => {
    expect(await call('POST', '/v1/tokens', { account: 'x%62', content: 'vod/film' })).toMatchObject({
      status: 400,
      json: { error: { code: 'REQUEST_INVALID', message: 'account: expected no %' } },
    })
  })
})

describe('what a refusal says again of a request', () => {
  const long = 'a'.repeat(4000)
  it.each<[string, string, unknown?]>([
    ['GET', `/v1/${long}`],
    ['GET', `/${long}`],
    ['GET', `/v1/assets/${long}`],
    ['GET', `/v1/assets?limit=${long}`],
    ['GET', `/v1/assets?next=${long}`],
    ['GET', `/v1/assets/film/timeline?from=${long}`],
    ['POST', '/v1/uploads', { fileName: `${long.slice(0, 1000)}.vtt`, bytes: 1 }],
    ['POST', '/v1/uploads', { fileName: long, bytes: 1 }],
    ['POST', '/v1/uploads', { assetId: long, bytes: long }],
    ['GET', `/v1/uploads/${long}`],
    ['POST', '/v1/sessions', { content: long }],
    ['DELETE', `/v1/sessions/${long}`],
    ['POST', '/v1/tokens', { account: long, content: long, level: long, regions: [long] }],
    ['DELETE', `/v1/tokens/${long}`],
    ['DELETE', `/v1/accounts/${long}/tokens`],
    ['DELETE', `/v1/accounts/${long}/${long}/tokens`],
    ['PUT', `/v1/protection/${long}`, { mode: 'none' }],
    ['PUT', '/v1/assets/film/protection', { mode: long }],
    ['PUT', '/v1/assets/film/protection', { mode: 'encrypted', schemes: [long], systems: [long] }],
    [
      'PUT',
      '/v1/assets/film/protection',
      Object.fromEntries([
        ['mode', 'none'],
        [long, 1],
      ]),
    ],
    ['POST', '/v1/assets/film/protection/retire', { period: long, [long]: long }],
    ['POST', '/v1/uploads', `{"bytes": ${long}`],
  ])('%s, case %#, is a hundred characters or so', async (method, path, body) => {
    const { call } = memoryApi()
    const { status, json } = await call(method, path, body)
    const said = JSON.stringify(json)
    expect(status, said).toBeGreaterThanOrEqual(400)
    expect(said).not.toMatch(/a{120}/)
    expect(said.length).toBeLessThan(1200)
  })
})

describe('a policy', () => {
  const policy = { mode: 'encrypted', schemes: ['cenc', 'cbcs'], systems: ['clearkey'] }
  const places = ['/v1/assets/film/protection', '/v1/protection/vod']
  it.each(
    places.flatMap((path) =>
      ['hdpc', 'rotationSecond', 'Keys', '__proto'].map((name) => [name, path] as const),
    ),
  )('with the member %s, which nobody knows, is refused by that name at %s', async (name, path) => {
    const { call } = memoryApi()
    const { status, json } = await call('PUT', path, { ...policy, [name]: 1 })
    expect(status).toBe(400)
    expect(JSON.stringify(json)).toContain(name)
  })

  it.each(places)('names each scheme and each system once at %s', async (path) => {
    const { call } = memoryApi()
    for (const [member, twice] of [
      ['schemes', ['cbcs', 'cbcs']],
      ['systems', ['clearkey', 'widevine', 'clearkey']],
    ] as const)
      expect(await call('PUT', path, { ...policy, [member]: twice })).toMatchObject({
        status: 400,
        json: {
          error: { code: 'REQUEST_INVALID', message: `${member}: expected each once, got ${twice[0]} again` },
        },
      })
    expect(JSON.stringify((await call('GET', path)).json)).toContain('"mode":"none"')
    const { json } = await call('GET', '/openapi.json')
    const { ProtectionPolicy } = (json as { components: { schemas: { ProtectionPolicy: unknown } } })
      .components.schemas
    expect(JSON.stringify(ProtectionPolicy).match(/"uniqueItems":true/g)).toHaveLength(2)
  })

  it.each(places)('that is no object is none at %s', async (path) => {
    const { call } = memoryApi()
    for (const body of [
      'null',
      '[]',
      '"none"',
      '{}',
      '{"mode":null}',
      '{"mode":"none","systems":["clearkey"]}',
    ])
      expect((await call('PUT', path, body)).status, body).toBe(400)
  })
})

describe('what is to be tried again', () => {
  it('is 503 and says when, and is told as a fault', async () => {
    const busy = new HeadendError('TABLE_BUSY', 'table index: too many ask at once; try again', {
      status: 503,
    })
    const { call, faults } = memoryApi({
      assets: {
        asset: () => Promise.reject(busy),
        assets: () => Promise.reject(busy),
        object: () => Promise.resolve(undefined),
      },
    })
    const { status, headers, json } = await call('GET', '/v1/assets/film')
    expect([status, headers.get('retry-after')]).toEqual([503, '1'])
    expect(json).toMatchObject({ error: { code: 'TABLE_BUSY' } })
    expect(faults).toEqual([busy])
  })
})

describe('the document', () => {
  it('names every route, what each takes and gives, and who may call it', async () => {
    const { call } = memoryApi()
    const { json } = await call('GET', '/openapi.json')
    const document = json as {
      openapi: string
      paths: Record<string, Record<string, { security?: unknown; responses: Record<string, unknown> }>>
      components: { schemas: Record<string, unknown> }
    }
    expect(document.openapi).toBe('3.1.0')
    expect(Object.keys(document.paths).toSorted()).toEqual([
      '/v1/accounts/tokens/revoke',
      '/v1/accounts/{account}/tokens',
      '/v1/assets',
      '/v1/assets/{id}',
      '/v1/assets/{id}/ingest',
      '/v1/assets/{id}/protection',
      '/v1/assets/{id}/protection/asks',
      '/v1/assets/{id}/protection/keys',
      '/v1/assets/{id}/protection/retire',
      '/v1/assets/{id}/timeline',
      '/v1/channels',
      '/v1/channels/{id}',
      '/v1/channels/{id}/credentials',
      '/v1/channels/{id}/programmes',
      '/v1/channels/{id}/programmes/{programme}',
      '/v1/channels/{id}/protection',
      '/v1/channels/{id}/protection/asks',
      '/v1/channels/{id}/protection/keys',
      '/v1/channels/{id}/protection/retire',
      '/v1/channels/{id}/timeline',
      '/v1/channels/{id}/uploads',
      '/v1/presentations',
      '/v1/presentations/{id}',
      '/v1/protection/{prefix}',
      '/v1/sessions',
      '/v1/sessions/keys/rotate',
      '/v1/sessions/{id}',
      '/v1/tokens',
      '/v1/tokens/{id}',
      '/v1/uploads',
      '/v1/uploads/{id}',
      '/v1/uploads/{id}/complete',
      '/v1/uploads/{id}/parts',
    ])
    for (const methods of Object.values(document.paths))
      for (const operation of Object.values(methods)) {
        expect(operation.security).toEqual([{ operator: [] }])
        expect(operation.responses['default']).toBeDefined()
      }
    expect(Object.keys(document.components.schemas)).toContain('Asset')
  })
})
