/** Stored presentations from a whole headend: films of several sizes play one after the other in every player, and open nothing else. */
import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ffmpegFilm, ffmpegMissing } from '../house/ffmpeg.ts'
import { corpusMissing } from '../judges/corpus.ts'
import { checkMpd } from '../judges/dash/rules.ts'
import { checkMediaPlaylist, checkMultivariant } from '../judges/hls/rules.ts'
import { validateMpd } from '../judges/xsd.ts'
import { browserMissing, launch } from './chromium.ts'
import { playOut } from './play-out.ts'
import { playerPages, players } from './player.ts'
import { endingOf, openSealedFilms, type SealedFilms, type Viewer } from './sealed-films.ts'

const missing = browserMissing ?? ffmpegMissing

const picture = (size: string, seconds: number) =>
  `-f lavfi -i testsrc2=size=${size}:rate=25:duration=${seconds}`
const tone = (hertz: number, seconds: number) =>
  `-f lavfi -i sine=frequency=${hertz}:sample_rate=48000:duration=${seconds}`
const coded =
  '-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 50 -keyint_min 50 -sc_threshold 0 -c:a aac -b:a 64k'

/** Films by name: another size each, one in two languages. */
const films = {
  logo: `${picture('320x180', 6)} ${tone(440, 6)} ${coded} -metadata:s:a:0 language=eng`,
  feature: `${picture('640x360', 8)} ${tone(330, 8)} ${tone(550, 8)} -map 0:v -map 1:a -map 2:a ${coded} -metadata:s:a:0 language=eng -metadata:s:a:1 language=fra`,
  second: `${picture('480x270', 14)} ${tone(660, 14)} ${coded} -metadata:s:a:0 language=eng`,
}
type Film = keyof typeof films

const policy = { mode: 'encrypted', schemes: ['cenc', 'cbcs'], systems: ['clearkey', 'widevine'] }
const kinds = { clear: 'none', sealed: policy } as const
type Kind = keyof typeof kinds

let headend: SealedFilms
let browser: Browser
let pages: { readonly url: string; readonly server: Server }

const clipsOf = (kind: Kind) => {
  const asset = (film: Film) => `${kind}-${film}`
  return [
    { asset: asset('logo'), role: 'bumper' },
    { asset: asset('feature') },
    { asset: asset('second'), from: 6, to: 12 },
  ]
}
const store = (id: string, clips: readonly object[]) =>
  headend.api('PUT', `/v1/presentations/${id}`, { clips })

beforeAll(async () => {
  if (missing !== undefined) return
  ;[headend, browser, pages] = await Promise.all([openSealedFilms(), launch(), playerPages()])
  for (const [kind, protection] of Object.entries(kinds))
    for (const [name, words] of Object.entries(films))
      await headend.film(`${kind}-${name}`, readFileSync(ffmpegFilm(words)), protection)
  await store('clear', clipsOf('clear'))
  await store('sealed', clipsOf('sealed'))
  await store('logo', [{ asset: 'sealed-logo' }])
  await store('mixed', [
    { asset: 'clear-logo', role: 'bumper' },
    { asset: 'sealed-second', to: 6 },
  ])
})
afterAll(async () => {
  await browser?.close()
  pages?.server.close()
  await headend?.house.stop()
})

/** Who may watch a presentation. */
async function viewer(id: string, assets: readonly string[]): Promise<Viewer> {
  const content = `presentations/${id}`
  const { hls } = (await headend.api('POST', '/v1/sessions', { content, ttlSeconds: 600 })) as { hls: string }
  const { token } = (await headend.api('POST', '/v1/tokens', { content, account: 'a' })) as { token: string }
  const keys = await Promise.all(assets.map((asset) => kidsOf(asset)))
  return {
    url: (ending) => hls.replace('index.m3u8', `index.${ending}`),
    drm: {
      licenceUrl: `${headend.house.outputs['LicenceUrl']}/clearkey`,
      token,
      kids: keys.flat().map((kid) => Buffer.from(kid, 'hex').toString('base64url')),
    },
  }
}

async function kidsOf(asset: string): Promise<string[]> {
  const { keys } = (await headend.api('GET', `/v1/assets/${asset}/protection/keys`)) as {
    keys: { kid: string }[]
  }
  return keys.map(({ kid }) => kid)
}

const sealedAssets = Object.keys(films).map((name) => `sealed-${name}`)
const shown = async (url: string) => {
  const response = await fetch(url)
  return { status: response.status, text: await response.text() }
}
const codeOf = (text: string) => (JSON.parse(text) as { error: { code: string } }).error.code

/** Every manifest of a viewer's, each through its judges. */
async function judged(url: (ending: string) => string, query: string) {
  const top = url(`m3u8${query}`)
  const { text: multivariant } = await shown(top)
  const uris = [
    ...new Set(
      [...multivariant.matchAll(/^[^#\n].*m3u8$|URI="([^"]+m3u8)"/gm)].map(([line, uri]) => uri ?? line),
    ),
  ]
  const media = await Promise.all(
    uris.map(async (uri) => [uri, (await shown(new URL(uri, top).href)).text] as const),
  )
  for (const [uri, text] of media) expect(checkMediaPlaylist(text, {}), `${uri}\n${text}`).toEqual([])
  expect(checkMultivariant(multivariant, Object.fromEntries(media)), multivariant).toEqual([])
  const { text: mpd } = await shown(url(`mpd${query}`))
  expect(checkMpd(mpd, {}), mpd).toEqual([])
  if (corpusMissing === undefined) expect(await validateMpd(mpd), mpd).toEqual([])
  return { multivariant, media: new Map(media), mpd }
}

describe.skipIf(missing !== undefined)(`a stored presentation${missing ? ` (${missing})` : ''}`, () => {
  it.each([
    ['clear', ''],
    ['sealed', '?scheme=cenc'],
    ['sealed', '?scheme=cbcs'],
    ['sealed', '?scheme=cbcs&keyformat=identity'],
  ] as const)(
    'that is %s has manifests the judges have nothing against, as asked for by "%s"',
    async (kind, query) => {
      const { url } = await viewer(kind, [])
      const { mpd, multivariant } = await judged(url, query)
      expect(mpd.match(/<Period /g)).toHaveLength(3)
      // The feature is shown for longest, and is in two languages.
      expect(multivariant.match(/TYPE=AUDIO/g)).toHaveLength(2)
    },
  )

  const protections = ['clear', 'cenc', 'cbcs'] as const
  const cases = protections.flatMap((how) => players.map((player) => [how, player] as const))
  it.concurrent.each(cases)('plays to its end, %s, in %s', async (how, player) => {
    const { url, drm } = await viewer(
      how === 'clear' ? 'clear' : 'sealed',
      how === 'clear' ? [] : sealedAssets,
    )
    const ending = how === 'clear' ? endingOf(player, 'cenc').replace(/\?.*/, '') : endingOf(player, how)
    const played = await playOut({
      browser,
      pages: pages.url,
      player,
      url: url(ending),
      ...(how !== 'clear' && { drm }),
      rate: 4,
      patienceMs: 60_000,
    })
    expect([played.errors, played.refused]).toEqual([[], []])
    expect(played.ended).toBe(true)
    expect(Math.round(played.duration)).toBe(20)
    const kind = how === 'clear' ? 'clear' : 'sealed'
    const contents = new Set(played.media.map((address) => /\/vod\/([\w-]+)\//.exec(address)?.[1]))
    expect(contents).toEqual(new Set(Object.keys(films).map((name) => `${kind}-${name}`)))
  })

  it.concurrent.each([
    ['cenc', 'hls.js'],
    ['cbcs', 'hls.js'],
    ['cbcs', 'shaka-hls'],
    ['cenc', 'shaka-dash'],
    ['cenc', 'dash.js'],
  ] as const)(
    'with a clear bumper before protected films plays to its end, %s, in %s',
    async (scheme, player) => {
      const { url, drm } = await viewer('mixed', ['sealed-second'])
      const played = await playOut({
        browser,
        pages: pages.url,
        player,
        url: url(endingOf(player, scheme)),
        drm,
        rate: 4,
      })
      expect([played.errors, played.refused]).toEqual([[], []])
      expect(played.ended).toBe(true)
    },
  )

  it('opens the media of what it lists to its session, and of nothing else that is protected', async () => {
    const [all, logo] = await Promise.all([viewer('sealed', []), viewer('logo', [])])
    const { media } = await judged(all.url, '?scheme=cbcs')
    const text = [...media.values()].join('\n')
    const ofFilm = (film: Film) => {
      const [, path = ''] =
        new RegExp(`^(?:\\.\\./)+(media/cbcs\\S+/vod/sealed-${film}/\\S+m4s)$`, 'm').exec(text) ?? []
      return path
    }
    const under = (who: Viewer, path: string) => who.url('m3u8').replace(/presentations\/.*$/, path)
    expect((await shown(under(all, ofFilm('feature')))).status).toBe(200)
    expect((await shown(under(logo, ofFilm('logo')))).status).toBe(200)
    const refused = await shown(under(logo, ofFilm('feature')))
    expect([refused.status, codeOf(refused.text)]).toEqual([403, 'SESSION_CONTENT'])
    const [, bare = ''] = /^(.*?)\/s\//.exec(all.url('m3u8')) ?? []
    expect((await shown(`${bare}/${ofFilm('feature')}`)).status).toBe(403)
    // What is public is public in any session.
    const clear = await viewer('clear', [])
    const { media: open } = await judged(clear.url, '')
    const [, path = ''] = /^(?:\.\.\/)+(media\/clear\S+m4s)$/m.exec([...open.values()].join('\n')) ?? []
    expect((await shown(under(logo, path))).status).toBe(200)
  })

  it('is shown to nobody without a session where an asset of it is protected', async () => {
    const { url } = await viewer('sealed', [])
    const [, token = ''] = /\/s\/([^/]+)\//.exec(url('mpd')) ?? []
    const { status, text } = await shown(url('mpd').replace(`/s/${token}`, ''))
    expect([status, codeOf(text)]).toEqual([403, 'SESSION_MISSING'])
    const [kid, payload = '', signature] = token.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { a: string }
    const longer = Buffer.from(JSON.stringify({ ...claims, a: `${claims.a}${'A'.repeat(12)}` })).toString(
      'base64url',
    )
    const forged = await shown(url('mpd').replace(token, [kid, longer, signature].join('.')))
    expect([forged.status, codeOf(forged.text)]).toEqual([403, 'SESSION_INVALID'])
  })

  it('gives its token no licence for a key of another asset', async () => {
    const { drm } = await viewer('logo', [])
    const ask = async (kids: readonly string[]) => {
      const response = await fetch(drm.licenceUrl, {
        method: 'POST',
        headers: { authorization: `Bearer ${drm.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ kids: kids.map((kid) => Buffer.from(kid, 'hex').toString('base64url')) }),
      })
      return { status: response.status, text: await response.text() }
    }
    expect((await ask(await kidsOf('sealed-logo'))).status).toBe(200)
    const foreign = await ask(await kidsOf('sealed-feature'))
    expect([foreign.status, codeOf(foreign.text)]).toEqual([403, 'LICENCE_CONTENT'])
  })
})
