/** The operator's API over memory: the rules without a cloud. */
import { type AnsweredRequest, type ApiPorts, operatorApi } from '../../lib/api/index.ts'
import type { StoredPart } from '../../lib/assets/uploads/store.ts'
import { HeadendError } from '../../lib/errors.ts'
import { absentChannels, memoryCredentials } from '../channels/absent.ts'
import { memoryRights } from '../rights/memory.ts'

/** What a test looks into, and the API over it. */
export function memoryApi(overrides: Partial<ApiPorts> = {}) {
  const items = new Map<string, Record<string, unknown>>()
  const objects = new Map<string, string>()
  const open = new Map<string, StoredPart[]>()
  const made = new Map<string, { mark: string; versionId: string }>()
  const marks = new Map<string, string>()
  const entries = new Map<string, string>()
  const faults: unknown[] = []
  const answered: AnsweredRequest[] = []

  const sessions: ApiPorts['sessions'] = {
    once: (name, make) => {
      const value = entries.get(name) ?? make()
      entries.set(name, value)
      return Promise.resolve(value)
    },
    put: (name, value) => {
      entries.set(name, value)
      return Promise.resolve()
    },
    edit: (names, decide) => {
      const changes = decide(new Map(names.map((name) => [name, entries.get(name)])))
      const before = new Map([...changes.keys()].map((name) => [name, entries.get(name)]))
      for (const [name, value] of changes)
        if (value === undefined) entries.delete(name)
        else entries.set(name, value)
      return Promise.resolve(before)
    },
  }
  const app = operatorApi({
    assets: {
      asset: (id) => Promise.resolve(items.get(id)),
      assets: ({ limit, after }) => {
        const all = [...items.values()].toSorted((a, b) =>
          String(b['updatedAt']).localeCompare(String(a['updatedAt'])),
        )
        const from = after ? all.findIndex((item) => item['pk'] === after.pk) + 1 : 0
        const page = all.slice(from, from + limit)
        const end = page.at(-1)
        const last = from + limit < all.length && end ? keyOf(end) : undefined
        return Promise.resolve({ items: page, ...(last && { last }) })
      },
      object: (key) => Promise.resolve(objects.get(key)),
    },
    uploads: {
      begin: (key, { mark }) => {
        const id = `s3-${open.size + made.size}`
        open.set(id, [])
        marks.set(key, mark)
        return Promise.resolve(id)
      },
      partUrl: ({ key, s3UploadId }, number, seconds) =>
        Promise.resolve(`https://upload.example/${key}?uploadId=${s3UploadId}&part=${number}&for=${seconds}`),
      parts: ({ s3UploadId }) => Promise.resolve(open.get(s3UploadId)),
      complete: ({ key, s3UploadId }) => {
        open.delete(s3UploadId)
        made.set(key, { mark: marks.get(key) ?? '', versionId: 'v1' })
        return Promise.resolve('v1')
      },
      abort: ({ s3UploadId }) => {
        open.delete(s3UploadId)
        return Promise.resolve()
      },
      object: (key) => Promise.resolve(made.get(key)),
    },
    work: noWork,
    sealing: { seal: nowhere, forgetSealed: nowhere },
    protect: () => Promise.resolve(),
    restKeys: () => Promise.resolve(),
    sessions,
    presentations: noPresentations,
    programmes: noProgrammes,
    channels: absentChannels,
    feedCredentials: memoryCredentials(),
    live: {
      head: async () => undefined,
      refusal: async () => undefined,
      cues: async () => [],
      minutes: async () => [],
    },
    media: {
      holds: { ofHour: async () => [], put: async () => undefined, remove: async () => [] },
      tell: async () => undefined,
      now: () => Date.UTC(2026, 0, 31, 12),
    },
    keyHolds: { isHeld: async () => false, put: async () => undefined, remove: async () => undefined },
    feedUploads: {
      putUrl: (key, seconds) => Promise.resolve(`https://upload.example/${key}?for=${seconds}`),
    },
    rights: memoryRights().ports,
    verify: (token) => {
      if (token === 'good') return Promise.resolve({ subject: 'anna', tokenId: 't1', expiresAtSeconds: 4e9 })
      return Promise.reject(
        new HeadendError('TOKEN_INVALID', 'the signature does not match', { status: 401 }),
      )
    },
    playbackUrl: () => Promise.resolve('https://play.example'),
    now: () => Date.UTC(2026, 0, 31, 12),
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    answered: (request) => answered.push(request),
    report: (error) => faults.push(error),
    ...overrides,
  })

  const call = async (method: string, path: string, body?: unknown, token = 'good') => {
    const response = await app.request(path, {
      method,
      headers: {
        ...(token !== '' && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const json: unknown = text === '' ? undefined : JSON.parse(text)
    return { status: response.status, headers: response.headers, json }
  }
  return { app, call, sessions, items, objects, open, entries, faults, answered }
}

const nowhere = () => Promise.reject(new Error('nothing is stored here'))

/** No version of anything is stored; what changes assets is for tests over the wire. */
const noWork: ApiPorts['work'] = {
  rows: { rename: nowhere, beginDeletion: nowhere, endDeletion: nowhere },
  finder: { found: nowhere, withSteps: nowhere },
  objects: {
    timelines: () => Promise.resolve([]),
    uploads: nowhere,
    removeTimelines: nowhere,
    removeUploads: nowhere,
  },
  tellIngest: nowhere,
}

/** None is there, and none can be stored. */
const noPresentations: ApiPorts['presentations'] = {
  row: () => Promise.resolve(undefined),
  page: () => Promise.resolve({ rows: [] }),
  put: nowhere,
  remove: nowhere,
  published: nowhere,
  object: () => Promise.resolve(undefined),
  store: nowhere,
}

const noProgrammes: ApiPorts['programmes'] = {
  programme: () => Promise.resolve(undefined),
  programmes: () => Promise.resolve({ rows: [], isLast: true }),
  putProgramme: nowhere,
  removeProgramme: nowhere,
}

/** An index item as packaging writes it. */
export const assetItem = (id: string, more: Readonly<Record<string, unknown>> = {}) => ({
  pk: `vod/${id}`,
  sk: 'asset',
  kind: 'asset',
  updatedAt: '2026-01-31T12:00:00.000Z',
  state: 'indexing',
  progress: 0.25,
  sources: {},
  ...more,
})

const keyOf = (item: Readonly<Record<string, unknown>>) => ({
  pk: String(item['pk']),
  sk: String(item['sk']),
  kind: String(item['kind']),
  updatedAt: String(item['updatedAt']),
})
