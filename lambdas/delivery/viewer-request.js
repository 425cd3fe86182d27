// CloudFront Function (cloudfront-js-2.0), viewer-request on playback: checks and strips a session's prefix,
// refuses protected media without one, keeps only the query parameters that manifests vary by, in one order.
import cf from 'cloudfront'
import crypto from 'crypto'

const store = cf.kvs()
const kept = ['aws.manifestfilter', 'device', 'end', 'keyformat', 'scheme', 'start', 'time_delay']

async function handler(event) {
  const request = event.request
  if (request.method === 'OPTIONS') return preflight
  if (request.uri.startsWith('/s/')) {
    const slash = request.uri.indexOf('/', 3)
    if (slash < 0) return refuse(403, 'SESSION_INVALID', 'expected /s/<token>/<path>')
    const path = request.uri.slice(slash)
    const reason = await fault(request.uri.slice(3, slash), path)
    if (reason) return refuse(403, reason, 'this session may not play ' + path)
    request.uri = path
  } else if (/^\/media\/(cenc|cbcs)-/.test(request.uri)) {
    return refuse(403, 'SESSION_MISSING', 'protected media is played under /s/<token>/ only')
  }
  // Caches may hold clear media from before its protection, and ask nobody.
  const clear = /^\/media\/clear\/([^/]+\/[^/]+)\//.exec(request.uri)
  if (clear && (await value('p.' + clear[1])) === '1')
    return refuse(403, 'MEDIA_PROTECTION', 'this content is given encrypted alone')
  const query = {}
  for (const name of kept) {
    const parameter = request.querystring[name]
    // Repeated ones stay repeated: the manifest's core refuses them by name.
    if (parameter) query[name] = parameter
  }
  request.querystring = query
  return request
}

/** Why a token does not open a path; undefined where it does. */
async function fault(token, path) {
  const parts = token.split('.')
  if (parts.length !== 3) return 'SESSION_INVALID'
  const key = await value('k.' + parts[0])
  if (!key) return 'SESSION_INVALID'
  const expected = crypto
    .createHmac('sha256', Buffer.from(key, 'hex'))
    .update(parts[0] + '.' + parts[1])
    .digest('base64url')
  if (!same(expected, parts[2])) return 'SESSION_INVALID'
  const claims = JSON.parse(Buffer.from(parts[1], 'base64url').toString())
  if (claims.e * 1000 < Date.now()) return 'SESSION_EXPIRED'
  if (await value('r.' + claims.s)) return 'SESSION_REVOKED'
  const content = '/' + claims.c + '/'
  const media = /^\/media\/[^/]+(\/.*)$/.exec(path)
  return (media ? media[1] : path).startsWith(content) ? undefined : 'SESSION_CONTENT'
}

async function value(name) {
  try {
    return await store.get(name)
  } catch (missing) {
    // The store throws for a key it does not have.
    return undefined
  }
}

// Every character is compared, so that the time taken does not tell how many were right.
function same(one, other) {
  let difference = one.length ^ other.length
  for (let i = 0; i < one.length; i++)
    difference |= one.charCodeAt(i) ^ other.charCodeAt(i % (other.length || 1))
  return difference === 0
}

const anyPage = { 'access-control-allow-origin': { value: '*' } }

const preflight = {
  statusCode: 204,
  statusDescription: 'No Content',
  headers: Object.assign(
    {
      'access-control-allow-methods': { value: 'GET, HEAD, OPTIONS' },
      'access-control-allow-headers': { value: '*' },
      'access-control-max-age': { value: '86400' },
    },
    anyPage,
  ),
}

function refuse(statusCode, code, message) {
  return {
    statusCode: statusCode,
    statusDescription: 'Forbidden',
    headers: Object.assign(
      {
        'content-type': { value: 'application/json' },
        'cache-control': { value: 'public, max-age=1' },
      },
      anyPage,
    ),
    body: { encoding: 'text', data: JSON.stringify({ error: { code: code, message: message } }) },
  }
}
