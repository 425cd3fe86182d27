/** The cache key of a request, and what of it goes on to the origin. */
import type { Behaviour } from '../config.ts'
import { cookiePairs, type EdgeRequest, type Headers, headerOf, queryPairs } from '../message.ts'
import type { CachePolicy, OriginRequestPolicy, Selection } from '../policies.ts'

export function cacheKeyOf(behaviour: Behaviour, request: EdgeRequest): string {
  const { cachePolicy: policy, targetOriginId } = behaviour
  const headers = selectHeaders(request.headers, [policy.headers])
  return JSON.stringify([
    request.method === 'OPTIONS' ? 'OPTIONS' : 'GET',
    targetOriginId,
    request.uri,
    selectPairs(queryPairs(request.querystring), [policy.queryStrings]),
    Object.entries(headers).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    selectPairs(cookiePairs(request.headers), [policy.cookies]),
    encodingsOf(policy, request.headers),
  ])
}

/**
 * What the viewer accepts, as CloudFront normalises it: `br,gzip`, `br`, `gzip` or nothing; undefined when the
 * policy does not look at it.
 */
export function encodingsOf(policy: CachePolicy, headers: Headers): string | undefined {
  if (!policy.gzip && !policy.brotli) return undefined
  const accepted = new Set(
    (headerOf(headers, 'accept-encoding') ?? '')
      .toLowerCase()
      .split(',')
      .filter((part) => !/;\s*q=0(\.0*)?\s*$/.test(part))
      .map((part) => part.split(';')[0]?.trim()),
  )
  const kept = [policy.brotli ? 'br' : '', policy.gzip ? 'gzip' : ''].filter(
    (name) => accepted.has(name) && name !== '',
  )
  return kept.join(',')
}

/** The request as the origin's edge functions see it: only what a policy names is left of the viewer's. */
export function forwardedRequest(behaviour: Behaviour, request: EdgeRequest): EdgeRequest {
  const { cachePolicy, originRequestPolicy } = behaviour
  const none: Selection = { kind: 'none' }
  const policy: OriginRequestPolicy = originRequestPolicy ?? {
    headers: none,
    queryStrings: none,
    cookies: none,
  }
  const query = selectPairs(queryPairs(request.querystring), [cachePolicy.queryStrings, policy.queryStrings])
  const cookies = selectPairs(cookiePairs(request.headers), [cachePolicy.cookies, policy.cookies])
  const encodings = encodingsOf(cachePolicy, request.headers)
  const { cookie: _cookie, ...selected } = selectHeaders(request.headers, [
    cachePolicy.headers,
    policy.headers,
  ])
  const hasBody = request.body !== undefined
  const bodyHeaders = [
    'content-type',
    'content-length',
    'transfer-encoding',
    'x-amz-content-sha256',
    'authorization',
  ]
  return {
    ...request,
    querystring: query.map(([name, value]) => (value === '' ? name : `${name}=${value}`)).join('&'),
    headers: {
      'user-agent': ['Amazon CloudFront'],
      ...(hasBody ? pick(request.headers, bodyHeaders) : {}),
      ...selected,
      ...(cookies.length === 0
        ? {}
        : { cookie: [cookies.map(([name, value]) => `${name}=${value}`).join('; ')] }),
      ...(encodings === undefined || encodings === '' ? {} : { 'accept-encoding': [encodings] }),
      'x-forwarded-for': [
        [headerOf(request.headers, 'x-forwarded-for'), request.clientIp].filter(Boolean).join(', '),
      ],
    },
  }
}

type Pair = readonly [name: string, value: string]

function selectPairs(pairs: readonly Pair[], selections: readonly Selection[]): readonly Pair[] {
  return pairs.filter(([name]) => selections.some((selection) => selects(selection, name)))
}

function selectHeaders(headers: Headers, selections: readonly Selection[]): Headers {
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => !neverForwarded.has(name) && selections.some((each) => selectsHeader(each, name)),
    ),
  )
}

/** CloudFront makes these itself or owns the connection they speak of. */
const neverForwarded = new Set([
  'accept-encoding',
  'connection',
  'expect',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'range',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
  'x-forwarded-for',
])

/** What CloudFront says of the viewer goes on only where a policy names it. */
function selectsHeader(selection: Selection, name: string): boolean {
  return (selection.kind === 'only' || !name.startsWith('cloudfront-')) && selects(selection, name)
}

function selects(selection: Selection, name: string): boolean {
  switch (selection.kind) {
    case 'none':
      return false
    case 'all':
      return true
    case 'only':
      return selection.names.some((each) => each.toLowerCase() === name.toLowerCase())
    case 'all-except':
      return !selection.names.some((each) => each.toLowerCase() === name.toLowerCase())
  }
}

function pick(headers: Headers, names: readonly string[]): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => names.includes(name)))
}
