// CloudFront Function (cloudfront-js-2.0), viewer-request on playback. It lets through what can be a manifest or
// media and may be had by who asks, with the session's prefix taken off and the query folded to what manifests vary
// by; everything else ends here and costs no run of a function behind it. What the store could not say opens nothing.
import cf from 'cloudfront'
import crypto from 'crypto'

const store = cf.kvs()

// ---- What is known. It stands above the functions: njs can not give them a const from below.

// Paths, as lib/timeline/media-path.ts and lib/delivery/manifest-path.ts read them. Nothing is decoded: no path of
// ours needs a percent sign.

// How it is protected, content, track, a playlist that lies beside a channel's segments.
const mediaShape =
  /^\/media\/(clear|lead-[1-9]\d{0,3}|(?:cenc|cbcs)-[A-Z0-9]+-(?:0|[1-9]\d{0,9})(?:-seig)?)\/([\w.-]{1,128}\/[\w.-]{1,128})\/[\w.-]{1,128}\/([\w.-]{1,128})\/(?:(?:0|[1-9]\d{0,14}|[1-8]\d{15})\.(?:0|[1-9]\d{0,3})(?:(?:-[1-9]\d{0,5})?\.m4s|\.vtt)|i-[\w.-]{1,128}\.mp4|((?:live|w\d{0,10}-\d{0,10}-\d{0,7})\.m3u8))$/

// Content, the manifest at the top, protection of a Media Playlist: a film's names its state, too.
const manifestShape =
  /^\/((?:vod|live|presentations)\/[\w.-]{1,128})\/(?:(index\.(?:m3u8|mpd))|[0-9a-f]{16}\/((?:[0-9a-f]{16}-)?(?:cenc|cbcs)(?:-identity)?\/)?[\w.-]{1,128}\.m3u8)$/

const choices = {
  device: ['phone', 'tablet', 'desktop', 'tv'],
  keyformat: ['identity'],
  scheme: ['cenc', 'cbcs'],
}

// As lib/delivery/selection/manifest-filter.ts has them: a range, ranges, any word, or one of these.
const filters = {
  audio_bitrate: 'range',
  audio_channels: 'range',
  audio_codec: ['aacl', 'aach', 'ac-3', 'ec-3'],
  audio_language: 'word',
  audio_sample_rate: 'range',
  subtitle_language: 'word',
  trickplay_height: 'ranges',
  trickplay_type: ['iframe', 'image', 'none'],
  video_bitrate: 'range',
  video_codec: ['h264', 'h265', 'av1', 'vp9'],
  video_dynamic_range: ['hdr10', 'hlg', 'sdr'],
  video_framerate: 'range',
  video_height: 'ranges',
}

const anyPage = { 'access-control-allow-origin': { value: '*' } }

// The star does not stand for authorization, and stands for nothing where a player sends credentials.
const preflight = {
  statusCode: 204,
  statusDescription: 'No Content',
  headers: Object.assign(
    {
      'access-control-allow-methods': { value: 'GET, HEAD, OPTIONS' },
      'access-control-allow-headers': {
        value:
          'authorization, cache-control, cmcd-object, cmcd-request, cmcd-session, cmcd-status, content-type, if-match, if-modified-since, if-none-match, if-range, pragma, range, *',
      },
      'access-control-max-age': { value: '86400' },
    },
    anyPage
  ),
}

const phrases = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  412: 'Precondition Failed',
  503: 'Service Unavailable',
}

// ---- Who comes in.

async function handler(event) {
  if (event.request.method === 'OPTIONS') return preflight
  try {
    return await admitted(event.request)
  } catch (thrown) {
    // Refusals are thrown; anything else is a mistake of this file and fails as one.
    if (thrown.statusCode) return thrown
    throw thrown
  }
}

async function admitted(request) {
  let path = request.uri
  let token
  if (path.startsWith('/s/')) {
    const slash = path.indexOf('/', 3)
    if (slash < 0) throw refusal(403, 'SESSION_INVALID', 'expected /s/<token>/<path>')
    token = path.slice(3, slash)
    path = path.slice(slash)
  }
  const media = mediaShape.exec(path)
  const manifest = media ? null : manifestShape.exec(path)
  // A dot or two are a word to the shapes and a step to who resolves them.
  if ((!media && !manifest) || /\/\.\.?\//.test(path)) throw noSuchPath(path)
  if (manifest && manifest[3] && /^[0-9a-f]{16}-/.test(manifest[3]) !== path.startsWith('/vod/'))
    throw noSuchPath(path)
  const isLive = path.startsWith('/live/')
  // Playlists lie beside the segments of channels alone; where keys change, in a place of their own.
  if (media ? media[4] && !/^.media.(clear|c...-(KEYS|ID)-0).live/.test(path) : isLive && !manifest[2])
    throw noSuchPath(path)
  // Only what is chosen at the top varies: a Media Playlist's path says it all.
  const query = manifest && manifest[2] ? foldedQuery(request.querystring, isLive) : {}
  // Whichever way of skipping is asked for, there is one.
  if (media && media[4] && request.querystring._HLS_skip) query._HLS_skip = { value: '1' }
  const isOpen = token !== undefined && (await openSession(token, media ? media[2] : manifest[1], media))
  if (media) await admitMedia(media, isOpen, token === undefined ? sessionMissing : notListed)
  else if (token === undefined) await admitManifest(manifest[1], manifest[3])
  if (media && request.headers['if-match']) meetIfMatch(request.headers['if-match'], path)
  request.uri = path
  request.querystring = query
  return request
}

/**
 * RFC 9110 13.1.1. CloudFront asks no origin whether it is met, and answers from its cache as if nobody had asked; what
 * the tag of media is, its path says.
 */
function meetIfMatch(header, path) {
  const tag = '"' + path.split('/').slice(-3).join('-') + '"'
  const named = (header.multiValue || [header]).map((each) => each.value.split(','))
  const isMet = named.some((tags) => tags.some((each) => each.trim() === tag || each.trim() === '*'))
  if (!isMet) throw refusal(412, 'MEDIA_PRECONDITION', 'expected what If-Match names, got ' + shown(tag))
}

function noSuchPath(path) {
  return path.startsWith('/media/')
    ? refusal(404, 'MEDIA_UNKNOWN', shown(path) + ': no such media')
    : refusal(404, 'MANIFEST_NOT_FOUND', shown(path) + ': expected /vod/<id>/index.m3u8 or index.mpd')
}

// ---- What may be had: marks of protected contents (p.), revoked sessions (r.), keys that sign sessions (k.), whether
// marks are written at all (m). Reads of the store: a manifest and clear media 2, one after the other, since what has a
// mark needs no second, and each is paid for; whatever a session opens 2 more, and none where the session alone decides.

async function admitMedia(media, isInSession, notOpened) {
  const how = media[1]
  const content = media[2]
  const track = media[3]
  if (/^c[be]/.test(how)) {
    if (isInSession) return
    throw notOpened('protected media')
  }
  // Text is never encrypted: what protects it is the session.
  const isText = how === 'clear' && track.startsWith('text-')
  if (isText && isInSession) return
  const mark = await markOf(content)
  if (mark === undefined) return marksWritten()
  if (how !== 'clear' && how === mark) return
  if (isText) throw notOpened('protected text')
  // Caches may hold clear media from before its protection, and ask nobody.
  throw refusal(403, 'MEDIA_PROTECTION', 'given encrypted alone')
}

async function admitManifest(content, protection) {
  if (protection || (await markOf(content)) !== undefined) throw sessionMissing('protected content')
  // No mark says that it is public only where marks are written.
  return marksWritten()
}

async function markOf(content) {
  const name = 'p.' + content
  if (!(await has(name))) return
  const mark = await value(name)
  return mark === '0' ? undefined : mark
}

/** A store that is new has no marks yet, and none must not look like nothing protected. */
async function marksWritten() {
  if ((await value('m')) === 'pending') throw unread('m')
}

/**
 * Throws why a token does not open a content; false where it leaves media as they are without a session: that for a
 * presentation opens its manifests, and the media of what it lists.
 */
async function openSession(token, content, isMedia) {
  const claims = await claimsOf(token)
  if (claims.e * 1000 < Date.now()) throw refusal(403, 'SESSION_EXPIRED', 'this session is over')
  const isItself = claims.c === content
  if (!isItself && !(isMedia && claims.a))
    throw refusal(403, 'SESSION_CONTENT', 'this session is not for ' + shown(content))
  if (await has('r.' + claims.s)) throw refusal(403, 'SESSION_REVOKED', 'this session was revoked')
  return isItself || lists(claims.a, content)
}

/** Whether a list of digests, twelve letters each, has that of a content; all are looked at, whichever it is. */
function lists(digests, content) {
  const digest = crypto.createHash('sha256').update(content).digest('base64url').slice(0, 12)
  let found = 0
  for (let at = 0; at < digests.length; at += 12) found |= same(digests.slice(at, at + 12), digest) ? 1 : 0
  return found === 1
}

async function claimsOf(token) {
  const invalid = refusal(403, 'SESSION_INVALID', 'no session of this service')
  const parts = /^([\w-]{1,64})\.([\w-]{1,1536})\.([\w-]{43})$/.exec(token)
  if (!parts) throw invalid
  const key = await value('k.' + parts[1])
  if (key === undefined) throw invalid
  // Behind the key may stand until when it is one.
  const hex = /^[0-9a-f]{64}/.exec(key)
  if (!hex) throw unread('k.')
  const expected = crypto
    .createHmac('sha256', Buffer.from(hex[0], 'hex'))
    .update(parts[1] + '.' + parts[2])
    .digest('base64url')
  if (!same(expected, parts[3])) throw invalid
  let claims
  try {
    claims = JSON.parse(Buffer.from(parts[2], 'base64url').toString())
  } catch (malformed) {
    throw invalid
  }
  const isOurs =
    claims &&
    typeof claims.c === 'string' &&
    typeof claims.e === 'number' &&
    typeof claims.s === 'string' &&
    claims.s !== '' &&
    (claims.a === undefined || (typeof claims.a === 'string' && /^(?:[\w-]{12}){1,64}$/.test(claims.a)))
  if (!isOurs) throw invalid
  return claims
}

/** Of the same length. Every character is compared, so that the time taken does not tell how many were right. */
function same(one, other) {
  let difference = one.length ^ other.length
  for (let i = 0; i < one.length; i++) difference |= one.codePointAt(i) ^ other.codePointAt(i)
  return difference === 0
}

// ---- The store. It throws for a name it does not have as for anything else, and only exists() tells the two apart.

async function has(name) {
  try {
    return await store.exists(name)
  } catch (error) {
    throw unread(name, error)
  }
}

async function value(name) {
  try {
    return await store.get(name)
  } catch (error) {
    if (await has(name)) throw unread(name, error)
  }
}

function unread(name, error) {
  console.log('EDGE_STATE ' + name + ' ' + (error ? error.message : 'unfit'))
  return refusal(503, 'EDGE_STATE', 'rights can not be read; try again')
}

// ---- Queries: each value that is made up would be a cache key of its own and a run of a function.

/**
 * start, end, time_delay and patch mean nothing to what has an end: like all that nobody knows, they are left out, as is
 * a patch that is none of lib/delivery/dash/patch-token.ts.
 */
function foldedQuery(query, isLive) {
  const folded = {}
  if (isLive)
    ['end', 'patch', 'start', 'time_delay'].forEach((name) => {
      const asked = single(query, name)
      if (asked !== undefined && (name !== 'patch' || /^[a-z\d.-]{1,200}$/.test(asked)))
        folded[name] = { value: encodeURIComponent(asked) }
    })
  const filter = single(query, 'aws.manifestfilter')
  if (filter !== undefined) folded['aws.manifestfilter'] = { value: encodeURIComponent(foldedFilter(filter)) }
  // In an order of its own: njs gives keys in any.
  Object.keys(choices)
    .sort()
    .forEach((name) => {
      const asked = single(query, name)
      if (asked === undefined) return
      const chosen = name === 'device' ? asked.toLowerCase() : asked
      if (!choices[name].includes(chosen))
        throw refusal(
          400,
          name.toUpperCase() + '_UNKNOWN',
          name + ': expected one of ' + choices[name].join(', ') + ', got ' + shown(asked)
        )
      folded[name] = { value: chosen }
    })
  return folded
}

function single(query, name) {
  const parameter = query[name]
  if (!parameter) return
  const times = parameter.multiValue ? parameter.multiValue.length : 1
  if (times > 1) throw refusal(400, 'QUERY_REPEATED', name + ': expected once, got ' + times + ' times')
  const text = parameter.value.split('+').join(' ')
  try {
    return decodeURIComponent(text)
  } catch (malformed) {
    return parameter.value
  }
}

/** One spelling for all filters that mean the same. */
function foldedFilter(text) {
  if (/[^ -~]/.test(text)) throw unfit('SYNTAX', 'ASCII', text)
  if (text.length > 1024) throw unfit('LENGTH', 'at most 1024 characters', String(text.length))
  const folded = {}
  text
    .toLowerCase()
    .split(';')
    .forEach((part) => {
      const words = part.split(':')
      const name = words[0]
      const kind = filters.hasOwnProperty(name) ? filters[name] : undefined
      if (!kind) throw unfit('PARAMETER', 'one of ' + Object.keys(filters).sort().join(', '), name)
      if (words.length !== 2 || words[1] === '') throw unfit('SYNTAX', name + ':<values>', part)
      if (folded[name]) throw unfit('REPEATED', name + ' once', 'it again')
      const values = words[1].split(',').map((each) => foldedValue(name, kind, each.trim()))
      if (kind === 'range' && values.length > 1) throw unfit('RANGE', name + ':<from>-<to>', words[1])
      // No language at all is a value, too, and needs its comma.
      folded[name] =
        values
          .sort()
          .filter((each, i) => each !== values[i - 1])
          .join(',') || ','
    })
  return Object.keys(folded)
    .sort()
    .map((name) => name + ':' + folded[name])
    .join(';')
}

function foldedValue(name, kind, text) {
  if (kind !== 'range' && kind !== 'ranges') {
    const isKnown = kind === 'word' ? /^[a-z0-9._-]{0,35}$/.test(text) : kind.includes(text)
    if (isKnown) return text
    throw unfit('VALUE', name + ':' + (kind === 'word' ? '<language>' : kind.join(', ')), text)
  }
  const bounds = /^(\d+(?:\.\d{1,3})?)(?:-(\d+(?:\.\d{1,3})?))?$/.exec(text)
  if (!bounds || (kind === 'range' && !bounds[2])) throw unfit('RANGE', name + ':<from>-<to>', text)
  const from = Number(bounds[1])
  const to = bounds[2] ? Number(bounds[2]) : from
  if (from > to || to > 2147483647) throw unfit('RANGE', name + ': numbers that rise up to 2147483647', text)
  return kind === 'ranges' && from === to ? String(from) : from + '-' + to
}

function unfit(what, expected, got) {
  return refusal(400, 'FILTER_' + what, 'aws.manifestfilter: expected ' + expected + ', got ' + shown(got))
}

// ---- Answers.

function refusal(status, code, message) {
  // What is wrong whatever the state of things may be kept for longer.
  const seconds = status === 400 || status === 404 ? 60 : 1
  const headers = {
    'content-type': { value: 'application/json' },
    'cache-control': { value: 'max-age=' + seconds },
  }
  if (status === 503) headers['retry-after'] = { value: '1' }
  return {
    statusCode: status,
    statusDescription: phrases[status],
    headers: Object.assign(headers, anyPage),
    body: { encoding: 'text', data: JSON.stringify({ error: { code: code, message: message } }) },
  }
}

function sessionMissing(what) {
  return refusal(
    403,
    'SESSION_MISSING',
    what + ' is played under /s/<token>/ only: POST /v1/sessions gives the URLs'
  )
}

function notListed(what) {
  return refusal(403, 'SESSION_CONTENT', what + ' is not of what this session plays')
}

/** So much of what was asked as a refusal says back. A global replace of such letters at the end of a text hangs njs. */
function shown(text) {
  let said = ''
  for (let i = 0; i < text.length && said.length < 80; i++) {
    const each = text.charAt(i)
    const isPlain = each >= ' ' && each <= '~'
    if (isPlain || !said.endsWith('?')) said += isPlain ? each : '?'
  }
  return said
}
