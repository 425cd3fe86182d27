import {
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
} from '@aws-sdk/client-s3'
import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { compareKeys, pageOf, SortedKeys } from '../../../local/s3/storing/sorted-keys.ts'
import { openS3 } from './harness.ts'

const Bucket = 'listing'
const test = await openS3([{ name: Bucket }, { name: 'another' }])
const keys = ['a', 'a b+c/é.ts', 'l/0/f0', 'l/0/f1', 'l/1/f0', 'l/2/f0', 'l/2/f1', 'l/x', 'z&<>\u{1f600}']

beforeAll(async () => {
  for (const key of keys)
    await test.s3.putObject({ bucket: Bucket, key, body: Buffer.from(key), caller: { kind: 'person' } })
})

const list = (more: Partial<ListObjectsV2CommandInput>) =>
  test.client.send(new ListObjectsV2Command({ Bucket, ...more }))

describe('a listing', () => {
  it('has all keys in the order of their bytes', async () => {
    const { Contents, KeyCount, IsTruncated } = await list({})
    expect(Contents?.map(({ Key }) => Key)).toEqual(keys)
    expect({ KeyCount, IsTruncated }).toEqual({ KeyCount: keys.length, IsTruncated: false })
    expect(Contents?.[0]).toMatchObject({
      Size: 1,
      StorageClass: 'STANDARD',
      ETag: '"0cc175b9c0f1b6a831c399e269772661"',
    })
  })

  it('folds keys into common prefixes', async () => {
    const listed = await list({ Prefix: 'l/', Delimiter: '/' })
    expect(listed.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['l/0/', 'l/1/', 'l/2/'])
    expect(listed.Contents?.map(({ Key }) => Key)).toEqual(['l/x'])
    expect(listed.KeyCount).toBe(4)
  })

  it('begins behind a key, and can be empty', async () => {
    expect((await list({ Prefix: 'l/', StartAfter: 'l/1/f0' })).Contents?.[0]?.Key).toBe('l/2/f0')
    expect((await list({ Prefix: 'nothing' })).KeyCount).toBe(0)
    expect(await list({ MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false })
  })

  it('writes keys URL-encoded when asked', async () => {
    const { Contents } = await list({ Prefix: 'a ', EncodingType: 'url' })
    expect(Contents?.[0]?.Key).toBe('a+b%2Bc/%C3%A9.ts')
  })

  it.each([1, 2, 3, 4])('in pages of %d has every item once', async (MaxKeys) => {
    for (const Delimiter of [undefined, '/']) {
      const seen: string[] = []
      let ContinuationToken: string | undefined
      do {
        const page = await list({ MaxKeys, Delimiter, ContinuationToken })
        expect(page.KeyCount).toBeLessThanOrEqual(MaxKeys)
        for (const { Key = '' } of page.Contents ?? []) seen.push(Key)
        for (const { Prefix = '' } of page.CommonPrefixes ?? []) seen.push(Prefix)
        ContinuationToken = page.NextContinuationToken
      } while (ContinuationToken)
      expect(seen.toSorted()).toEqual(Delimiter ? ['a', 'a b+c/', 'l/', keys[8]] : keys)
    }
  })

  it('has a first version of its own, with markers', async () => {
    const first = await test.client.send(
      new ListObjectsCommand({ Bucket, Prefix: 'l/', Delimiter: '/', MaxKeys: 2 }),
    )
    expect(first).toMatchObject({ IsTruncated: true, NextMarker: 'l/1/' })
    const rest = await test.client.send(
      new ListObjectsCommand({ Bucket, Prefix: 'l/', Delimiter: '/', Marker: first.NextMarker }),
    )
    expect(rest.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['l/2/'])
    expect(rest.Contents?.map(({ Key }) => Key)).toEqual(['l/x'])
  })

  it('of buckets names them all', async () => {
    const { Buckets } = await test.client.send(new ListBucketsCommand({}))
    expect(Buckets?.map(({ Name }) => Name)).toEqual(['another', Bucket])
    expect(Buckets?.[0]?.CreationDate).toBeInstanceOf(Date)
  })
})

describe('sorted keys', () => {
  const anyKey = fc.string({ unit: 'binary', maxLength: 6 })
  it('are ordered as UTF-8', () => {
    fc.assert(
      fc.property(anyKey, anyKey, (left, right) => {
        expect(Math.sign(compareKeys(left, right))).toBe(
          Buffer.compare(Buffer.from(left), Buffer.from(right)),
        )
      }),
    )
  })

  it('page as a plain reading of the rules would', () => {
    const key = fc
      .string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 5 })
      .filter((text) => text !== '')
    fc.assert(
      fc.property(
        fc.uniqueArray(key, { maxLength: 20 }),
        fc.constantFrom('', 'a', 'a/'),
        fc.integer({ min: 1, max: 4 }),
        (all, prefix, max) => {
          const sorted = new SortedKeys()
          for (const one of all) sorted.add(one)
          const expected = new Set(
            all
              .filter((one) => one.startsWith(prefix))
              .map((one) => {
                const cut = one.indexOf('/', prefix.length)
                return cut < 0 ? one : one.slice(0, cut + 1)
              }),
          )
          const seen: string[] = []
          let after = ''
          for (;;) {
            const page = pageOf(sorted, { prefix, delimiter: '/', after, max, items: (one) => [one] })
            seen.push(...page.items, ...page.commonPrefixes)
            if (!page.truncated) break
            after = page.last
          }
          expect(seen.toSorted()).toEqual([...expected].toSorted())
        },
      ),
    )
  })
})
