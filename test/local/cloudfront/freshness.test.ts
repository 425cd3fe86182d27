import { describe, expect, it } from 'vitest'
import { freshnessOf } from '../../../local/cloudfront/caching/freshness.ts'
import type { CachePolicy } from '../../../local/cloudfront/index.ts'
import { policy } from './stage.ts'

const nowMs = Date.UTC(2026, 0, 1)
const live: CachePolicy = { ...policy, minTtlSeconds: 10, defaultTtlSeconds: 5, maxTtlSeconds: 100 }
const open: CachePolicy = { ...policy, minTtlSeconds: 0, defaultTtlSeconds: 20, maxTtlSeconds: 100 }
const disabled: CachePolicy = { ...policy, minTtlSeconds: 0, defaultTtlSeconds: 0, maxTtlSeconds: 0 }
const inSixty = new Date(nowMs + 60_000).toUTCString()

function ttl(
  cachePolicy: CachePolicy,
  status: number,
  headers: Record<string, string>,
): [ttlSeconds: number, shareable: boolean] {
  const lists = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]))
  const errorResponses = [
    { errorCode: 404, cachingMinTtlSeconds: 1 },
    { errorCode: 400, cachingMinTtlSeconds: 1 },
  ]
  const { ttlSeconds, shareable } = freshnessOf({
    status,
    headers: lists,
    policy: cachePolicy,
    errorResponses,
    nowMs,
  })
  return [ttlSeconds, shareable]
}

describe('the time to live', () => {
  it.each([
    // "Manage how long content stays in the cache": minimum TTL = 0.
    { policy: open, headers: { 'cache-control': 'max-age=50' }, want: [50, true] },
    { policy: open, headers: { 'cache-control': 'max-age=500' }, want: [100, true] },
    { policy: open, headers: {}, want: [20, true] },
    { policy: open, headers: { 'cache-control': 'public' }, want: [20, true] },
    { policy: open, headers: { 'cache-control': 'max-age=50, s-maxage=30' }, want: [30, true] },
    { policy: open, headers: { expires: inSixty }, want: [60, true] },
    { policy: open, headers: { expires: '0' }, want: [0, false] },
    { policy: open, headers: { expires: inSixty, 'cache-control': 'max-age=30' }, want: [30, true] },
    { policy: open, headers: { 'cache-control': 'no-store' }, want: [0, false] },
    { policy: open, headers: { 'cache-control': 'no-cache' }, want: [0, false] },
    { policy: open, headers: { 'cache-control': 'private, max-age=50' }, want: [0, false] },
    { policy: open, headers: { 'cache-control': 'max-age=0' }, want: [0, false] },
    // Minimum TTL > 0.
    { policy: live, headers: { 'cache-control': 'max-age=50' }, want: [50, true] },
    { policy: live, headers: { 'cache-control': 'max-age=5' }, want: [10, true] },
    { policy: live, headers: { 'cache-control': 'max-age=500' }, want: [100, true] },
    { policy: live, headers: {}, want: [10, true] },
    { policy: live, headers: { 'cache-control': 'no-store' }, want: [10, true] },
    { policy: live, headers: { 'cache-control': 'private' }, want: [10, true] },
    { policy: live, headers: { expires: inSixty }, want: [60, true] },
    // CachingDisabled.
    { policy: disabled, headers: { 'cache-control': 'max-age=50' }, want: [0, false] },
    { policy: disabled, headers: {}, want: [0, false] },
  ])(
    'of a 200 with $headers, minimum $policy.minTtlSeconds, is $want.0 s',
    ({ policy: each, headers, want }) => {
      expect(ttl(each, 200, headers as Record<string, string>)).toEqual(want)
    },
  )

  it.each([
    { status: 404, headers: {}, want: 1 },
    { status: 404, headers: { 'cache-control': 'max-age=7' }, want: 7 },
    { status: 404, headers: { 'cache-control': 'max-age=700' }, want: 100 },
    { status: 404, headers: { 'cache-control': 'no-store' }, want: 0 },
    { status: 500, headers: {}, want: 10 },
    { status: 500, headers: { 'cache-control': 'no-store' }, want: 10 },
    { status: 503, headers: { 'cache-control': 'max-age=1' }, want: 10 },
    { status: 400, headers: {}, want: 0 },
    { status: 400, headers: { 'cache-control': 'max-age=1' }, want: 1 },
    { status: 403, headers: {}, want: 0 },
    { status: 403, headers: { 'cache-control': 'max-age=1' }, want: 10 },
    { status: 416, headers: { 'cache-control': 'max-age=9' }, want: 0 },
  ])('of a $status with $headers is $want s', ({ status, headers, want }) => {
    expect(ttl(open, status, headers as Record<string, string>)[0]).toBe(want)
  })
})
