/** What of an asset's row the edge reads, in DynamoDB's own JSON. */
import { describe, expect, it } from 'vitest'
import {
  contentKey,
  decodePublished,
  publishedRead,
  publishedReads,
} from '../../lib/assets/published/index.ts'

describe('what is published', () => {
  it('is nothing without a row, and nothing while a row names no version', () => {
    expect(decodePublished(undefined)).toBeUndefined()
    expect(decodePublished({ pk: { S: 'vod/film' }, protection: { S: 'a1' } })).toBeUndefined()
  })

  it('is a version, and how it is protected where it is', () => {
    expect(decodePublished({ version: { S: 'v1' } })).toEqual({ version: 'v1' })
    expect(decodePublished({ version: { S: 'v1' }, protection: { S: 'a1' } })).toEqual({
      version: 'v1',
      protection: 'a1',
    })
  })

  it('is asked for under the key that the row is written under, one by one and many at once', () => {
    const { Key, ...asked } = publishedRead('vod/film')
    expect({ pk: Key.pk.S, sk: Key.sk.S }).toEqual(contentKey('vod/film'))
    expect(publishedReads([Key])).toEqual({ Keys: [Key], ...asked })
    expect(Object.values(asked.ExpressionAttributeNames)).toEqual(['version', 'protection'])
  })
})
