/** The viewer-request function as it deploys, over a table of requests: in njs, whose kin runs it, and in the fast realm. */
import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { functionCode } from '../../scripts/build.ts'
import { type FunctionCase, type FunctionOutcome, njsMissing, runInNjs } from '../judges/njs.ts'
import {
  briefly,
  eventOf,
  key,
  long,
  presentationSession,
  runInRealm,
  session,
  signed,
} from './viewer-events.ts'

const path = 'lambdas/delivery/viewer-request.js'
const ready = { m: 'ready', 'k.1': key }
const sealed = { ...ready, 'p.vod/film': '1' }
const lead = { ...ready, 'p.vod/film': 'lead-10' }
const version = '0123456789abcdef'
const s = `/s/${session()}`
const clear = (track = 'video-1', file = '1.0.m4s'): string =>
  `/media/clear/vod/film/${version}/${track}/${file}`
const media = (how: string, track = 'video-1'): string => `/media/${how}/vod/film/${version}/${track}/1.0.m4s`
const channel = (of: string, file = 'live'): string => `/media/${of}/${version}/video-1/${file}.m3u8`
const playlist = `/vod/film/${version}/video-1.m3u8`
const protectedPlaylist = `/vod/film/${version}/${version}-cbcs/video-1.m3u8`
const top = '/vod/film/index.m3u8'

interface Row {
  readonly says: string
  readonly ask: string
  /** What it comes to, as `briefly` says it. */
  readonly want: string
  readonly store?: Readonly<Record<string, string>>
  readonly failing?: readonly string[]
  readonly method?: string
  /** What `If-Match` says, once or several times. */
  readonly match?: readonly string[]
  /** How often the store may be asked. @default 2 */
  readonly reads?: number
}

const paths: readonly Row[] = [
  { says: 'a clear segment', ask: clear(), want: clear() },
  { says: 'an init segment', ask: clear('video-1', 'i-1.mp4'), want: clear('video-1', 'i-1.mp4') },
  { says: 'text', ask: clear('text-1', '1.0.vtt'), want: clear('text-1', '1.0.vtt') },
  { says: 'media with a query, which goes', ask: `${clear()}?a=b&device=tv`, want: clear() },
  { says: 'the top manifest', ask: top, want: top },
  { says: 'an MPD', ask: '/vod/film/index.mpd', want: '/vod/film/index.mpd' },
  { says: 'a Media Playlist', ask: `${playlist}?device=tv`, want: playlist },
  {
    says: "a channel's Media Playlist",
    ask: `${channel('clear/live/news')}?start=1`,
    want: channel('clear/live/news'),
  },
  {
    says: 'a delta update of it, by whichever name',
    ask: `${channel('clear/live/news', 'w1796194147--9')}?_HLS_skip=v2&start=1`,
    want: `${channel('clear/live/news', 'w1796194147--9')}?_HLS_skip=1`,
  },
  {
    says: "a patch of a channel's MPD",
    ask: '/live/news/index.mpd?start=9&patch=msak6zuo.1.efc99e342acd.2q-2q',
    want: '/live/news/index.mpd?patch=msak6zuo.1.efc99e342acd.2q-2q&start=9',
  },
  ...['', 'A.1', '1%2F2', 'a'.repeat(201)].map((token) => ({
    says: `no patch ${token.slice(0, 9)}`,
    ask: `/live/news/index.mpd?patch=${token}&start=9`,
    want: '/live/news/index.mpd?start=9',
  })),
  { says: 'no patch of a film', ask: '/vod/film/index.mpd?patch=1', want: '/vod/film/index.mpd' },
  { says: 'no delta update of a film', ask: `${playlist}?_HLS_skip=YES`, want: playlist },
  {
    says: 'a window of it',
    ask: channel('clear/live/news', 'w1796194147--9'),
    want: channel('clear/live/news', 'w1796194147--9'),
  },
  {
    says: "a protected channel's Media Playlist, without a session",
    ask: channel('cbcs-KEYS-0/live/news'),
    want: '403 SESSION_MISSING',
    reads: 0,
  },
  {
    says: "a channel's Media Playlist that is under protection now",
    ask: channel('clear/live/news'),
    store: { ...ready, 'p.live/news': '1' },
    want: '403 MEDIA_PROTECTION',
  },
  ...[
    channel('clear/vod/film'),
    channel('cbcs-ALL-0/live/news'),
    channel('cbcs-KEYS-1/live/news'),
    channel('cbcs-KEYS-0/vod/film'),
    channel('cbcs-ALL-0/live/a.media.clear.live'),
    channel('clear/live/news', 'index'),
    channel('clear/live/news', 'w1-2'),
    `/live/news/${version}/video-1.m3u8`,
    `/live/news/${version}/w1-2-3/video-1.m3u8`,
  ].map((ask) => ({
    says: `no Media Playlist of a channel: ${ask}`,
    ask,
    want: ask.startsWith('/media') ? '404 MEDIA_UNKNOWN' : '404 MANIFEST_NOT_FOUND',
    reads: 0,
  })),
  {
    says: 'the first frames of a segment',
    ask: clear('audio-1', '1.0-3072.m4s'),
    want: clear('audio-1', '1.0-3072.m4s'),
  },
  { says: 'a request by HEAD', ask: clear(), method: 'HEAD', want: clear() },
  { says: 'a preflight', ask: top, method: 'OPTIONS', want: '204', reads: 0 },
  { says: 'a preflight of what is not there', ask: '/vod/%', method: 'OPTIONS', want: '204', reads: 0 },
  ...[
    '/media/',
    '/media/clear',
    '/media/clear/vod/film/v/video-1/1.0.mp4',
    '/media/clear/vod/film/v/video-1/01.0.m4s',
    '/media/clear/vod/film/v/video-1/1.0.m4s/',
    '/media/clear/vod/film/v/video-1/1.0-.m4s',
    '/media/clear/vod/film/v/video-1/1.0-1234567.m4s',
    '/media//clear/vod/film/v/video-1/1.0.m4s',
    '/media/%63lear/vod/film/v/video-1/1.0.m4s',
    '/media/clear/vod%2Ffilm/x/v/video-1/1.0.m4s',
    '/media/clear/vod/../v/video-1/1.0.m4s',
    '/media/./clear/vod/film/v/video-1/1.0.m4s',
    '/media/CLEAR/vod/film/v/video-1/1.0.m4s',
    '/media/cens-ALL-0/vod/film/v/video-1/1.0.m4s',
    '/media/cenc-all-0/vod/film/v/video-1/1.0.m4s',
    '/media/lead-0/vod/film/v/video-1/1.0.m4s',
    '/media/lead-010/vod/film/v/video-1/1.0.m4s',
    '/media/lead-/vod/film/v/video-1/1.0.m4s',
    '/media/lead-10x/vod/film/v/video-1/1.0.m4s',
    `/media/clear/vod/${'a'.repeat(129)}/v/video-1/1.0.m4s`,
    `/media/clear/${'a/'.repeat(4000)}1.0.m4s`,
    `/media/clear/vod/film/v/video-1/1.0.m4s\u0000`,
  ].map((ask) => ({ says: `no media ${ask.slice(0, 60)}`, ask, want: '404 MEDIA_UNKNOWN', reads: 0 })),
  ...[
    '/vod/',
    '/vod/film',
    '/vod/film/',
    '/vod/film/index.m3u',
    '/vod/film/INDEX.m3u8',
    '/vod/../index.m3u8',
    '/vod/./index.m3u8',
    '/vod//index.m3u8',
    '//vod/film/index.m3u8',
    '/vod/fi%6cm/index.m3u8',
    '/vod/film%2findex.m3u8',
    '/vod/film/index.m3u8/x',
    '/vod/film/v1/video-1.m3u8',
    `/vod/film/${version}/${version}-cens/video-1.m3u8`,
    '/ads/one/index.m3u8',
    `/vod/film/${version}/w1--/video-1.m3u8`,
    '/recordings/one/index.mpd',
    '/S/a/vod/film/index.m3u8',
    '/index.html',
    '/',
    `/vod/${'a'.repeat(8000)}/index.m3u8`,
    `${s}/s/a${top}`,
    `${s}//vod/film/index.m3u8`,
    `${s}/vod/film/../other/index.m3u8`,
  ].map((ask) => ({ says: `no manifest ${ask.slice(-60)}`, ask, want: '404 MANIFEST_NOT_FOUND', reads: 0 })),
]

const sessions: readonly Row[] = [
  { says: 'a session’s manifest', ask: s + top, want: top },
  { says: 'a session’s protected media', ask: s + media('cenc-HD-0'), want: media('cenc-HD-0') },
  {
    says: 'a session’s media whose keys change in band',
    ask: s + media('cbcs-ALL-12-seig'),
    want: media('cbcs-ALL-12-seig'),
  },
  { says: 'a session’s clear media', ask: s + clear(), want: clear(), reads: 4 },
  {
    says: 'protected media without a session',
    ask: media('cenc-HD-0'),
    want: '403 SESSION_MISSING',
    reads: 0,
  },
  {
    says: 'a session of another key',
    ask: `/s/${signed(JSON.stringify({ c: 'vod/film', e: long.hence, s: 'a' }), { kid: '2', hex: 'cd'.repeat(32) })}${top}`,
    store: { ...ready, 'k.2': 'cd'.repeat(32) },
    want: top,
  },
  {
    says: 'a session whose key says until when it is one',
    ask: s + top,
    store: { ...ready, 'k.1': `${key} 99999999999` },
    want: top,
  },
  { says: 'a session whose key is gone', ask: s + top, store: { m: 'ready' }, want: '403 SESSION_INVALID' },
  {
    says: 'a session whose key is no key',
    ask: s + top,
    store: { ...ready, 'k.1': 'gone' },
    want: '503 EDGE_STATE',
  },
  {
    says: 'a session of a kid that is made up',
    ask: `/s/${signed('{}', { kid: 'made-up' })}${top}`,
    want: '403 SESSION_INVALID',
  },
  {
    says: 'a session signed by another',
    ask: `/s/${signed(JSON.stringify({ c: 'vod/film', e: long.hence, s: 'a' }), { hex: 'cd'.repeat(32) })}${top}`,
    want: '403 SESSION_INVALID',
    reads: 1,
  },
  {
    says: 'a session that is over',
    ask: `/s/${session('vod/film', long.ago)}${top}`,
    want: '403 SESSION_EXPIRED',
    reads: 1,
  },
  {
    says: 'a session that was revoked',
    ask: s + top,
    store: { ...ready, 'r.session-1': '1' },
    want: '403 SESSION_REVOKED',
  },
  {
    says: 'a revoked session’s media',
    ask: s + media('cenc-HD-0'),
    store: { ...ready, 'r.session-1': '1' },
    want: '403 SESSION_REVOKED',
  },
  {
    says: 'a session for another content',
    ask: `/s/${session('vod/other')}${top}`,
    want: '403 SESSION_CONTENT',
    reads: 1,
  },
  {
    says: 'a session for a content with a longer name',
    ask: `/s/${session('vod/fil')}${top}`,
    want: '403 SESSION_CONTENT',
    reads: 1,
  },
  {
    says: 'another content’s media',
    ask: `/s/${session('vod/other')}${media('cenc-HD-0')}`,
    want: '403 SESSION_CONTENT',
    reads: 1,
  },
  { says: 'a prefix without a path', ask: '/s/token', want: '403 SESSION_INVALID', reads: 0 },
  { says: 'an empty token', ask: `/s/${top}`, want: '403 SESSION_INVALID', reads: 0 },
  ...[
    'a',
    'a.b',
    'a.b.c',
    'a.b.c.d',
    `1.${'a'.repeat(1537)}.${'b'.repeat(43)}`,
    `${'a'.repeat(65)}.b.${'c'.repeat(43)}`,
    '%31.a.b',
  ].map((token) => ({
    says: `no token ${token.slice(0, 20)}`,
    ask: `/s/${token}${top}`,
    want: '403 SESSION_INVALID',
    reads: 0,
  })),
  ...[
    '',
    '{',
    'null',
    '[]',
    '7',
    '{}',
    '{"c":"vod/film"}',
    `{"c":"vod/film","e":"${long.hence}","s":"a"}`,
    `{"c":7,"e":${long.hence},"s":"a"}`,
    `{"c":"vod/film","e":${long.hence}}`,
    `{"c":"vod/film","e":${long.hence},"s":""}`,
    `{"c":"vod/film","e":null,"s":"a"}`,
  ].map((payload) => ({
    says: `a signed payload ${payload}`,
    ask: `/s/${signed(payload)}${top}`,
    want: '403 SESSION_INVALID',
    reads: payload ? 1 : 0,
  })),
]

const marks: readonly Row[] = [
  { says: 'clear media of protected content', store: sealed, ask: clear(), want: '403 MEDIA_PROTECTION' },
  {
    says: 'the same in its session',
    store: sealed,
    ask: s + clear(),
    want: '403 MEDIA_PROTECTION',
    reads: 4,
  },
  { says: 'other content', store: { ...ready, 'p.vod/other': '1' }, ask: clear(), want: clear() },
  {
    says: 'content whose mark was taken off',
    store: { ...ready, 'p.vod/film': '0' },
    ask: clear(),
    want: clear(),
    reads: 3,
  },
  {
    says: 'content with a mark nobody knows',
    store: { ...ready, 'p.vod/film': 'clear' },
    ask: clear(),
    want: '403 MEDIA_PROTECTION',
  },
  {
    says: 'text of protected content in its session',
    store: sealed,
    ask: s + clear('text-1', '1.0.vtt'),
    want: clear('text-1', '1.0.vtt'),
  },
  {
    says: 'text of protected content for all',
    store: sealed,
    ask: clear('text-1', '1.0.vtt'),
    want: '403 SESSION_MISSING',
  },
  {
    says: 'a track that only begins like text',
    store: sealed,
    ask: s + clear('texture-1'),
    want: '403 MEDIA_PROTECTION',
    reads: 4,
  },
  {
    says: 'text under a lead that is none',
    store: sealed,
    ask: s + media('lead-10', 'text-1'),
    want: '403 MEDIA_PROTECTION',
    reads: 4,
  },
  { says: 'a clear lead', store: lead, ask: media('lead-10'), want: media('lead-10') },
  {
    says: 'a clear lead in a session',
    store: lead,
    ask: s + media('lead-10'),
    want: media('lead-10'),
    reads: 4,
  },
  { says: 'a lead of before', store: lead, ask: media('lead-30'), want: '403 MEDIA_PROTECTION' },
  { says: 'a lead written otherwise', store: lead, ask: media('lead-10.0'), want: '404 MEDIA_UNKNOWN' },
  {
    says: 'a lead of a content with none',
    store: sealed,
    ask: media('lead-10'),
    want: '403 MEDIA_PROTECTION',
  },
  { says: 'a lead of a content without protection', ask: media('lead-25'), want: media('lead-25') },
  { says: 'clear media of content with a lead', store: lead, ask: clear(), want: '403 MEDIA_PROTECTION' },
  {
    says: 'text of content with a lead in its session',
    store: lead,
    ask: s + clear('text-1'),
    want: clear('text-1'),
  },
  { says: 'a manifest of protected content', store: sealed, ask: top, want: '403 SESSION_MISSING' },
  {
    says: 'a manifest of content with a lead',
    store: lead,
    ask: '/vod/film/index.mpd',
    want: '403 SESSION_MISSING',
  },
  {
    says: 'a Media Playlist of protected content',
    store: sealed,
    ask: playlist,
    want: '403 SESSION_MISSING',
  },
  {
    says: 'a Media Playlist that names a protection',
    ask: protectedPlaylist,
    want: '403 SESSION_MISSING',
    reads: 0,
  },
  { says: 'the same in a session', store: sealed, ask: s + protectedPlaylist, want: protectedPlaylist },
  { says: 'a manifest of protected content in its session', store: sealed, ask: s + top, want: top },
]

const one = '/presentations/one/index.m3u8'
const onePlaylist = `/presentations/one/${version}/video-1.m3u8`
const ofTwo = presentationSession(['vod/other', 'vod/film'])
const [digestOne = '', digestTwo = ''] = ['vod/one', 'vod/two'].map((id) =>
  createHash('sha256').update(id).digest('base64url').slice(0, 12),
)
const filmDigest = createHash('sha256').update('vod/film').digest('base64url').slice(0, 12)
/** The digest of vod/film stands in it, half in one place and half in the next. */
const across = `${digestOne.slice(0, 6)}${filmDigest}${digestTwo.slice(0, 6)}`

const [ownKid, , ownSignature] = presentationSession(['vod/other']).split('.')
const altered = [ownKid, ofTwo.split('.')[1], ownSignature].join('.')

const presentations: readonly Row[] = [
  { says: 'a presentation', ask: one, want: one },
  { says: 'its MPD', ask: '/presentations/one/index.mpd', want: '/presentations/one/index.mpd' },
  { says: 'its query, folded', ask: `${one}?device=TV&x=y`, want: `${one}?device=tv` },
  { says: 'its Media Playlist', ask: onePlaylist, want: onePlaylist },
  {
    says: 'a presentation with a mark',
    store: { ...ready, 'p.presentations/one': '1' },
    ask: one,
    want: '403 SESSION_MISSING',
  },
  {
    says: 'the same in its session',
    store: { ...ready, 'p.presentations/one': '1' },
    ask: `/s/${ofTwo}${one}`,
    want: one,
  },
  {
    says: 'a protected Media Playlist',
    ask: `/presentations/one/${version}/cbcs/video-1.m3u8`,
    want: '403 SESSION_MISSING',
    reads: 0,
  },
  {
    says: 'the same in its session',
    ask: `/s/${ofTwo}/presentations/one/${version}/cbcs-identity/video-1.m3u8`,
    want: `/presentations/one/${version}/cbcs-identity/video-1.m3u8`,
  },
  {
    says: 'a Media Playlist that names a state',
    ask: `/s/${ofTwo}/presentations/one/${version}/${version}-cbcs/video-1.m3u8`,
    want: '404 MANIFEST_NOT_FOUND',
    reads: 0,
  },
  {
    says: 'a film’s Media Playlist that names none',
    ask: `${s}/vod/film/${version}/cbcs/video-1.m3u8`,
    want: '404 MANIFEST_NOT_FOUND',
    reads: 0,
  },
  {
    says: 'protected media of what is in the presentation',
    ask: `/s/${ofTwo}${media('cenc-HD-0')}`,
    want: media('cenc-HD-0'),
  },
  {
    says: 'text of what is in it',
    store: sealed,
    ask: `/s/${ofTwo}${clear('text-1', '1.0.vtt')}`,
    want: clear('text-1', '1.0.vtt'),
  },
  {
    says: 'a manifest of what is in it',
    ask: `/s/${ofTwo}${top}`,
    want: '403 SESSION_CONTENT',
    reads: 1,
  },
  {
    says: 'another presentation',
    ask: `/s/${ofTwo}/presentations/two/index.m3u8`,
    want: '403 SESSION_CONTENT',
    reads: 1,
  },
  {
    says: 'protected media of what is not in it',
    ask: `/s/${presentationSession(['vod/other'])}${media('cenc-HD-0')}`,
    want: '403 SESSION_CONTENT',
  },
  {
    says: 'text of protected content that is not in it',
    store: sealed,
    ask: `/s/${presentationSession(['vod/other'])}${clear('text-1', '1.0.vtt')}`,
    want: '403 SESSION_CONTENT',
    reads: 4,
  },
  {
    says: 'clear media of protected content that is not in it',
    store: sealed,
    ask: `/s/${presentationSession(['vod/other'])}${clear()}`,
    want: '403 MEDIA_PROTECTION',
    reads: 4,
  },
  {
    says: 'public media of what is not in it',
    ask: `/s/${presentationSession(['vod/other'])}${clear()}`,
    want: clear(),
    reads: 4,
  },
  {
    says: 'media whose digest lies across two others',
    ask: `/s/${presentationSession([], { a: across })}${media('cenc-HD-0')}`,
    want: '403 SESSION_CONTENT',
  },
  {
    says: 'media in a presentation’s session that was revoked',
    store: { ...ready, 'r.session-1': '1' },
    ask: `/s/${ofTwo}${media('cenc-HD-0')}`,
    want: '403 SESSION_REVOKED',
  },
  {
    says: 'media in a presentation’s session that is over',
    ask: `/s/${presentationSession(['vod/film'], { e: long.ago })}${media('cenc-HD-0')}`,
    want: '403 SESSION_EXPIRED',
    reads: 1,
  },
  {
    says: 'media in a session whose list somebody added to',
    ask: `/s/${altered}${media('cenc-HD-0')}`,
    want: '403 SESSION_INVALID',
    reads: 1,
  },
  {
    says: 'media of the last of sixty-four contents',
    ask: `/s/${presentationSession([...Array.from({ length: 63 }, (_, i) => `vod/f${i}`), 'vod/film'])}${media('cenc-HD-0')}`,
    want: media('cenc-HD-0'),
  },
  ...['', 'short', 7, null, [], `${filmDigest}x`, filmDigest.repeat(65)].map((a) => ({
    says: `a list of contents like ${JSON.stringify(a).slice(0, 12)}`,
    ask: `/s/${presentationSession([], { a })}${media('cenc-HD-0')}`,
    want: '403 SESSION_INVALID',
    reads: 1,
  })),
]

const tag = `"${version}-video-1-1.0.m4s"`
const conditions: readonly Row[] = [
  { says: 'media that If-Match names', ask: clear(), match: [tag], want: clear() },
  { says: 'the same in a session', ask: s + media('cenc-HD-0'), match: [tag], want: media('cenc-HD-0') },
  { says: 'media that it names among others', ask: clear(), match: [`"a" ,${tag}`], want: clear() },
  { says: 'media that its second line names', ask: clear(), match: ['"a"', tag], want: clear() },
  { says: 'any media', ask: clear(), match: [' *'], want: clear() },
  { says: 'media of another version', ask: clear(), match: ['"a"'], want: '412 MEDIA_PRECONDITION' },
  { says: 'media it names weakly', ask: clear(), match: [`W/${tag}`], want: '412 MEDIA_PRECONDITION' },
  { says: 'media it does not name', ask: clear(), match: [''], want: '412 MEDIA_PRECONDITION' },
  {
    says: 'protected media of another version',
    store: sealed,
    ask: clear(),
    match: ['"a"'],
    want: '403 MEDIA_PROTECTION',
  },
  { says: 'a manifest, which has no tag', ask: top, match: ['"a"'], want: top },
]

const stores: readonly Row[] = [
  {
    says: 'clear media while no mark is written',
    store: { 'k.1': key, m: 'pending' },
    ask: clear(),
    want: '503 EDGE_STATE',
  },
  {
    says: 'a lead while no mark is written',
    store: { 'k.1': key, m: 'pending' },
    ask: media('lead-10'),
    want: '503 EDGE_STATE',
  },
  {
    says: 'the same in a session',
    store: { 'k.1': key, m: 'pending' },
    ask: s + clear(),
    want: '503 EDGE_STATE',
    reads: 4,
  },
  {
    says: 'protected media in a session while no mark is written',
    store: { 'k.1': key, m: 'pending' },
    ask: s + media('cenc-HD-0'),
    want: media('cenc-HD-0'),
  },
  {
    says: 'content whose mark was the first to be written',
    store: { ...sealed, m: 'pending' },
    ask: clear(),
    want: '403 MEDIA_PROTECTION',
  },
  ...[top, '/vod/film/index.mpd', playlist].map((ask) => ({
    says: `a manifest while no mark is written, ${ask}`,
    store: { 'k.1': key, m: 'pending' },
    ask,
    want: '503 EDGE_STATE',
  })),
  {
    says: 'a manifest in a session while no mark is written',
    store: { 'k.1': key, m: 'pending' },
    ask: s + top,
    want: top,
  },
  {
    says: 'a manifest that names a protection while no mark is written',
    store: { 'k.1': key, m: 'pending' },
    ask: protectedPlaylist,
    want: '403 SESSION_MISSING',
    reads: 0,
  },
  {
    says: 'a manifest of content whose mark was the first to be written',
    store: { ...sealed, m: 'pending' },
    ask: top,
    want: '403 SESSION_MISSING',
  },
  {
    says: 'a manifest of content whose mark was taken off while others are not written',
    store: { 'k.1': key, m: 'pending', 'p.vod/film': '0' },
    ask: top,
    want: '503 EDGE_STATE',
    reads: 3,
  },
  { says: 'a manifest over a store from before', store: {}, ask: top, want: top, reads: 3 },
  {
    says: 'a manifest where nobody can tell whether marks are written',
    failing: ['m'],
    ask: top,
    want: '503 EDGE_STATE',
    reads: 3,
  },
  { says: 'clear media over a store from before', store: {}, ask: clear(), want: clear(), reads: 3 },
  { says: 'clear media whose mark can not be read', failing: ['p.'], ask: clear(), want: '503 EDGE_STATE' },
  {
    says: 'clear media where nobody can tell whether marks are written',
    failing: ['m'],
    ask: clear(),
    want: '503 EDGE_STATE',
    reads: 3,
  },
  { says: 'a manifest whose mark can not be read', failing: ['p.'], ask: top, want: '503 EDGE_STATE' },
  { says: 'a session whose key can not be read', failing: ['k.'], ask: s + top, want: '503 EDGE_STATE' },
  {
    says: 'a session whose revocation can not be read',
    failing: ['r.'],
    ask: s + media('cenc-HD-0'),
    want: '503 EDGE_STATE',
  },
  {
    says: 'text in a session whose marks can not be read',
    failing: ['p.', 'm'],
    ask: s + clear('text-1'),
    want: clear('text-1'),
  },
  {
    says: 'protected media without a session, whatever fails',
    failing: [''],
    ask: media('cbcs-HD-0'),
    want: '403 SESSION_MISSING',
    reads: 0,
  },
]

const filter = (text: string): string => `${top}?aws.manifestfilter=${encodeURIComponent(text)}`
const queries: readonly Row[] = [
  ...(
    [
      ['start=1&end=2&time_delay=3&_=4&utm=5', ''],
      ['scheme=cbcs&device=tv', 'device=tv&scheme=cbcs'],
      ['device=TV', 'device=tv'],
      ['device=%74v', 'device=tv'],
      ['keyformat=identity', 'keyformat=identity'],
      ['device', '400 DEVICE_UNKNOWN'],
      ['device=', '400 DEVICE_UNKNOWN'],
      ['device=toaster', '400 DEVICE_UNKNOWN'],
      ['device=%', '400 DEVICE_UNKNOWN'],
      ['device=constructor', '400 DEVICE_UNKNOWN'],
      ['Device=tv', ''],
      ['scheme=CBCS', '400 SCHEME_UNKNOWN'],
      ['scheme=cens', '400 SCHEME_UNKNOWN'],
      ['keyformat=x', '400 KEYFORMAT_UNKNOWN'],
      ['device=tv&device=tv', '400 QUERY_REPEATED'],
      ['device=tv&device=toaster', '400 QUERY_REPEATED'],
      ['aws.manifestfilter=a&aws.manifestfilter=b', '400 QUERY_REPEATED'],
      ['start=1&start=2', ''],
      [`device=${'a'.repeat(8000)}`, '400 DEVICE_UNKNOWN'],
    ] as const
  ).map(([query, want]) => ({
    says: `?${query.slice(0, 60)}`,
    ask: `${top}?${query}`,
    want: want.startsWith('4') ? want : [top, want].filter(Boolean).join('?'),
    reads: want.startsWith('4') ? 0 : 2,
  })),
  ...(
    [
      ['video_height:1-720', 'video_height:1-720'],
      ['VIDEO_HEIGHT:1-720;audio_language:EN', 'audio_language:en;video_height:1-720'],
      ['audio_language:fr, en,fr', 'audio_language:en,fr'],
      ['video_height:0720-0720,720,1.50-2', 'video_height:1.5-2,720'],
      ['audio_channels:1-6', 'audio_channels:1-6'],
      ['video_codec:h265,h264', 'video_codec:h264,h265'],
      ['audio_language:,', 'audio_language:,'],
      ['trickplay_type:none', 'trickplay_type:none'],
      ['', 'FILTER_PARAMETER'],
      ['a', 'FILTER_PARAMETER'],
      ['hasownproperty:a', 'FILTER_PARAMETER'],
      ['video_height', 'FILTER_SYNTAX'],
      ['video_height:', 'FILTER_SYNTAX'],
      ['video_height:1:2', 'FILTER_SYNTAX'],
      ['video_height:1-2;video_height:1-2', 'FILTER_REPEATED'],
      ['video_height:a', 'FILTER_RANGE'],
      ['video_height:2-1', 'FILTER_RANGE'],
      ['video_height:1.2345', 'FILTER_RANGE'],
      ['video_height:2147483648', 'FILTER_RANGE'],
      ['audio_channels:6', 'FILTER_RANGE'],
      ['audio_channels:1-2,3-4', 'FILTER_RANGE'],
      ['video_codec:vc1', 'FILTER_VALUE'],
      ['audio_language:<b>', 'FILTER_VALUE'],
      [`audio_language:${'a'.repeat(36)}`, 'FILTER_VALUE'],
      [`audio_language:${'a'.repeat(1010)}`, 'FILTER_LENGTH'],
    ] as const
  ).map(([text, want]) => ({
    says: `aws.manifestfilter=${text.slice(0, 60)}`,
    ask: filter(text),
    want: want.startsWith('FILTER') ? `400 ${want}` : filter(want),
    reads: want.startsWith('FILTER') ? 0 : 2,
  })),
]

const tables = { paths, sessions, marks, presentations, conditions, stores, queries } as const
const rows = Object.values(tables).flat()
const cases: readonly FunctionCase[] = rows.map(
  ({ ask, method = 'GET', match, store = ready, failing = [] }) => ({
    event: eventOf(ask, method, match && { 'if-match': match }),
    store,
    failing,
  }),
)

let code = ''
const outcomes = new Map<string, readonly FunctionOutcome[]>()
beforeAll(async () => {
  code = await functionCode(path)
  outcomes.set('the fast realm', runInRealm(code, cases))
  if (!njsMissing) outcomes.set('njs', runInNjs(code, cases))
})

const engines = [
  { engine: 'the fast realm', missing: undefined },
  { engine: 'njs', missing: njsMissing },
]

describe.each(engines)('the viewer-request function in $engine', ({ engine, missing }) => {
  for (const [table, own] of Object.entries(tables)) {
    it.skipIf(missing !== undefined).each(own)(`${table}: $says${missing ? ` (${missing})` : ''}`, (row) => {
      const outcome = outcomes.get(engine)?.[rows.indexOf(row)]
      expect(outcome && briefly(outcome)).toBe(row.want)
      expect(outcome?.reads).toBeLessThanOrEqual(row.reads ?? 2)
    })
  }
})

describe('what it answers', () => {
  const answerTo = (ask: string, more: Partial<FunctionCase> = {}, method = 'GET') =>
    runInRealm(code, [{ event: eventOf(ask, method), store: ready, ...more }])[0]?.answer as {
      readonly headers: Readonly<Record<string, { readonly value: string }>>
      readonly body: { readonly data: string }
    }

  it('says of a protected title where the URLs come from that play it', () => {
    const { body } = answerTo(top, { store: sealed })
    expect(JSON.parse(body?.data ?? '')).toEqual({
      error: {
        code: 'SESSION_MISSING',
        message: 'protected content is played under /s/<token>/ only: POST /v1/sessions gives the URLs',
      },
    })
  })

  it('keeps a refusal short, however long what was asked', () => {
    for (const ask of [
      `${top}?device=${'x'.repeat(8000)}`,
      `/media/${'x'.repeat(8000)}`,
      `${s}/vod/${'y'.repeat(120)}/index.mpd`,
      filter(`${'z'.repeat(1000)}:1`),
    ])
      expect(answerTo(ask).body.data.length).toBeLessThan(400)
  })

  it('is kept for a second where it may change, longer where what was asked is wrong, and may be asked from any page', () => {
    for (const [ask, store, seconds] of [
      [media('cenc-HD-0'), ready, 1],
      [clear(), sealed, 1],
      [clear(), { m: 'pending' }, 1],
      [top, { m: 'pending' }, 1],
      ['/vod/film', ready, 60],
      [`${top}?device=x`, ready, 60],
    ] as const) {
      const { headers } = answerTo(ask, { store })
      expect(headers['cache-control']?.value).toBe(`max-age=${seconds}`)
      expect(headers['access-control-allow-origin']?.value).toBe('*')
    }
    expect(answerTo(clear(), { store: { m: 'pending' } }).headers['retry-after']?.value).toBe('1')
  })

  it('to a preflight names what players send: a star does not stand for authorization', () => {
    const allowed = answerTo(top, {}, 'OPTIONS').headers['access-control-allow-headers']?.value.split(', ')
    for (const name of ['authorization', 'range', 'content-type', 'if-none-match', 'cmcd-session', '*'])
      expect(allowed).toContain(name)
  })
})
