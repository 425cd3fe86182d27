/** Content keys over the wire: one for all who ask, opened by none but who may. */
import { ScanCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  assetPeriods,
  contentKey,
  duePeriods,
  keyOpener,
  keysFor,
  retireKeys,
} from '../../../lib/rights/index.ts'
import { policySchema } from '../../../lib/rights/protection/policy.ts'
import { AwsFault } from '../../../local/service.ts'
import { openRightsCloud, table } from '../cloud.ts'

let cloud: Awaited<ReturnType<typeof openRightsCloud>>
let mayDecrypt = true
let isFailing = false
beforeAll(async () => {
  cloud = await openRightsCloud((_, action) => {
    if (action === 'kms:Decrypt' && !mayDecrypt)
      throw new AwsFault('AccessDenied', 'not authorized to perform: kms:Decrypt', 403)
    if (isFailing) throw new AwsFault('KMSInternalException', 'try again', 500)
  })
})
afterAll(() => cloud.close())

const name = { contentId: 'vod/film', period: 0, label: 'ALL' }
const encrypted = (more: object = {}) => {
  const policy = policySchema.parse({ mode: 'encrypted', schemes: ['cbcs'], systems: ['clearkey'], ...more })
  if (policy.mode === 'none') throw new Error('expected encryption')
  return policy
}

describe('a content key', () => {
  it('is the same for a hundred who ask at once', async () => {
    const rooms = Array.from({ length: 5 }, () => cloud.ports())
    const asked = Array.from({ length: 100 }, (_, i) => contentKey(rooms[i % 5] ?? cloud.ports(), name))
    const keys = await Promise.all(asked)
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(1)
    expect(keys[0]?.kid).toMatch(/^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$/)
    const opened = await Promise.all(keys.map((key) => cloud.ports().keyStore.unwrap(key)))
    expect(new Set(opened.map((key) => Buffer.from(key).toString('hex'))).size).toBe(1)
    expect(opened[0]).toHaveLength(16)
  })

  it('differs by period, label and content', async () => {
    const ports = cloud.ports()
    const keys = await Promise.all([
      contentKey(ports, name),
      contentKey(ports, { ...name, period: 1 }),
      contentKey(ports, { ...name, label: 'HD' }),
      contentKey(ports, { ...name, contentId: 'vod/other' }),
    ])
    const open = await Promise.all(keys.map((key) => ports.keyStore.unwrap(key)))
    expect(new Set(open.map((key) => Buffer.from(key).toString('hex'))).size).toBe(4)
    expect(new Set(keys.map(({ iv }) => iv)).size).toBe(4)
  })

  it('has the kid and IV of its asker, beside ours and for that content alone', async () => {
    const ports = cloud.ports()
    const kid = '0123456789abcdef0123456789abcdef'
    const iv = new Uint8Array(16).fill(7)
    const asker = { who: 'packager', door: 'speke' }
    const ask = (contentId: string) =>
      keysFor(ports, contentId, { asker, requests: [{ period: 0, label: 'ALL', kid, iv }] })
    const [[first], [again], [other]] = [await ask('vod/film'), await ask('vod/film'), await ask('vod/other')]
    expect(first).toMatchObject({ kid, iv: '07'.repeat(16) })
    expect(again).toEqual(first)
    expect((await contentKey(ports, name)).kid).not.toBe(kid)
    const keys = await Promise.all([first, other].flatMap((key) => (key ? [ports.keyStore.unwrap(key)] : [])))
    expect(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size).toBe(2)
    expect(await ports.protection.asks('vod/film', 10)).toEqual([
      { ...asker, atMs: expect.any(Number), kids: [kid], place: expect.stringMatching(/^asked#/) },
      { ...asker, atMs: expect.any(Number), kids: [kid], place: expect.stringMatching(/^asked#/) },
    ])
  })

  it('opens for its own content and kid alone', async () => {
    const ports = cloud.ports()
    const key = await contentKey(ports, name)
    await expect(ports.keyStore.unwrap({ ...key, contentId: 'vod/other' })).rejects.toMatchObject({
      name: 'InvalidCiphertextException',
    })
    await expect(ports.keyStore.unwrap({ ...key, kid: '0'.repeat(32) })).rejects.toMatchObject({
      name: 'InvalidCiphertextException',
    })
  })

  it('is kept open for minutes, and a refusal is not kept', async () => {
    let nowMs = 0
    const opener = keyOpener({ keyStore: cloud.ports().keyStore, now: () => nowMs })
    const { key } = await opener.open(name)
    mayDecrypt = false
    try {
      expect((await opener.open(name)).key).toBe(key)
      nowMs += 5 * 60_000
      await expect(opener.open(name)).rejects.toThrow(/kms:Decrypt/)
    } finally {
      mayDecrypt = true
    }
    expect(Buffer.from((await opener.open(name)).key).equals(key)).toBe(true)
  })

  it('is for later, not refused, where KMS fails', async () => {
    const { keyStore } = cloud.ports()
    const key = await contentKey(cloud.ports(), name)
    isFailing = true
    try {
      await expect(keyStore.unwrap(key)).rejects.toMatchObject({ code: 'SERVICE_BUSY', status: 503 })
    } finally {
      isFailing = false
    }
  })

  it('is not made by who opens it', async () => {
    const opener = keyOpener({ keyStore: cloud.ports().keyStore, now: Date.now })
    await expect(opener.open({ ...name, period: 77 })).rejects.toMatchObject({
      code: 'KEY_UNKNOWN',
      status: 404,
    })
  })

  it.each([
    [{ ...name, contentId: '' }],
    [{ ...name, contentId: 'vod/ film' }],
    [{ ...name, period: -1 }],
    [{ ...name, period: 1.5 }],
    [{ ...name, label: 'hd' }],
    [{ ...name, kid: 'ABC' }],
    [{ ...name, iv: new Uint8Array(8) }],
  ])('is not made for %o', async (request) => {
    await expect(contentKey(cloud.ports(), request)).rejects.toMatchObject({ code: 'KEY_NAME' })
  })
})

describe('key periods', () => {
  it('of a film are the same for all who make them at once', async () => {
    const policy = encrypted({ keys: 'perType', rotationSeconds: 12 })
    const all = await Promise.all(
      Array.from({ length: 8 }, () =>
        assetPeriods(cloud.ports(), 'vod/rotating', { policy, commonMs: 30_000 }),
      ),
    )
    for (const periods of all) expect(periods).toEqual(all[0])
    expect(all[0]?.map(({ index, fromMs, keys }) => [index, fromMs, keys.map(({ label }) => label)])).toEqual(
      [
        [0, 0, ['AUDIO', 'SD', 'HD', 'UHD']],
        [1, 12_000, ['AUDIO', 'SD', 'HD', 'UHD']],
        [2, 24_000, ['AUDIO', 'SD', 'HD', 'UHD']],
      ],
    )
    expect(JSON.stringify(all)).not.toContain('wrapped')
  })

  it('are ended by one call, once however often it is made, and start with new keys', async () => {
    const policy = encrypted()
    const ports = cloud.ports()
    const before = await duePeriods(ports, 'vod/leaked', policy)
    const calls = Array.from({ length: 5 }, () =>
      retireKeys(cloud.ports(), 'vod/leaked', { policy, period: 0 }),
    )
    for (const { index } of await Promise.all(calls)) expect(index).toBe(1)
    const after = await duePeriods(ports, 'vod/leaked', policy)
    expect(after.map(({ index }) => index)).toEqual([1])
    expect(after[0]?.keys[0]?.kid).not.toBe(before[0]?.keys[0]?.kid)
  })

  it('of a channel are ended while they are in force and not before', async () => {
    const policy = encrypted({ rotationSeconds: 3600 })
    const ports = cloud.ports()
    const [first] = await duePeriods(ports, 'live/soon', policy)
    const current = first?.index ?? Number.NaN
    const period = (offset: number) =>
      retireKeys(ports, 'live/soon', { policy, period: current + offset }).then(({ index }) => index)
    expect(await period(1)).toBe(current)
    expect(await period(-1)).toBe(current)
    expect(await period(0)).toBeGreaterThan(current)
  })
})

it('no key stands in the table', async () => {
  const ports = cloud.ports()
  const { Items = [] } = await cloud.client.send(new ScanCommand({ TableName: table }))
  const kept = Buffer.from(
    JSON.stringify(Items, (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
    ),
  ).toString()
  const keys = await Promise.all(
    Items.flatMap((item) => (item['wrapped'] ? [ports.keyStore.unwrap(item as never)] : [])),
  )
  expect(keys.length).toBeGreaterThan(10)
  for (const key of keys)
    for (const form of ['hex', 'base64', 'base64url'] as const)
      expect(kept).not.toContain(Buffer.from(key).toString(form).replace(/=+$/, ''))
})
