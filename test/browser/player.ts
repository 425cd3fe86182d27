/** One presentation in one player in a real page, and the proof that it plays. */
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

/** Players and the kind of manifest each is given. */
export const players = ['hls.js', 'shaka-hls', 'shaka-dash', 'dash.js'] as const

/** One of them. */
export type Player = (typeof players)[number]

/** What a page saw over some seconds of playing. */
export interface Played {
  readonly currentTime: number
  readonly frames: number
  readonly videoBytes: number
  readonly audioBytes: number
  readonly width: number
  readonly duration: number
  readonly ended: boolean
  readonly errors: readonly string[]
  /** Where it began to seek, and where to: seconds. */
  readonly seeks: readonly (readonly [number, number])[]
  /** What was played, as it says itself: seconds from and to. */
  readonly played: readonly (readonly [number, number])[]
}

// By path: not every package lets its files be resolved.
const packages = join(import.meta.dirname, '../../node_modules')
const scripts: Readonly<Record<string, string>> = {
  'hls.js': join(packages, 'hls.js/dist/hls.min.js'),
  shaka: join(packages, 'shaka-player/dist/shaka-player.compiled.js'),
  'dash.js': join(packages, 'dashjs/dist/modern/umd/dash.all.min.js'),
}

const start: Readonly<Record<Player, string>> = {
  'hls.js': `const h = new Hls(drm && { emeEnabled: true, drmSystems: { 'org.w3.clearkey': { licenseUrl: drm.licenceUrl } },
      licenseXhrSetup: (xhr, to) => { xhr.open('POST', to, true); for (const n in headers) xhr.setRequestHeader(n, headers[n]) } } || {});
    h.on(Hls.Events.ERROR, (_, d) => d.fatal && errors.push(d.type + ' ' + d.details));
    h.loadSource(url); h.attachMedia(v); v.play().catch((e) => errors.push(e.message))`,
  'shaka-hls': shaka(),
  'shaka-dash': shaka(),
  'dash.js': `const d = dashjs.MediaPlayer().create(); d.updateSettings({ debug: { logLevel: 0 } });
    d.on('error', (e) => errors.push(e.error.code + ' ' + e.error.message)); d.initialize(v, null, true);
    if (drm) d.setProtectionData({ 'org.w3.clearkey': { serverURL: drm.licenceUrl, httpRequestHeaders: headers, withCredentials: false } }); d.attachSource(url);
    d.attachTTMLRenderingDiv(document.getElementById('captions'))`,
}

function shaka(): string {
  return `shaka.polyfill.installAll(); const s = new shaka.Player();
    const fail = (e) => errors.push('shaka ' + e.code + ' ' + JSON.stringify(e.data).slice(0, 200));
    s.addEventListener('error', (e) => fail(e.detail));
    const prepare = async () => {
      if (!drm) return;
      const { LICENSE, KEY } = shaka.net.NetworkingEngine.RequestType;
      s.configure({ drm: { servers: { 'org.w3.clearkey': drm.licenceUrl } } });
      s.getNetworkingEngine().registerRequestFilter((type, request) => {
        if (type === LICENSE || type === KEY) Object.assign(request.headers, headers) });
    };
    s.attach(v).then(prepare).then(() => s.load(url)).then(() => v.play()).catch(fail)`
}

/** A server of the pages and the players' scripts. */
export async function playerPages(): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const script = scripts[pathname.slice(1)]
    const player = players.find((one) => one === searchParams.get('player'))
    response.setHeader('content-type', script ? 'text/javascript' : 'text/html')
    if (script) response.end(readFileSync(script))
    else if (player) response.end(page(player))
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}

const page = (player: Player): string => `<!doctype html><video id=v muted></video><div id=captions></div>
<script src="/${player.startsWith('shaka') ? 'shaka' : player}"></script>
<script>const errors = window.errors = []; const v = document.getElementById('v');
const asked = new URLSearchParams(location.search); const url = asked.get('url'); const drm = JSON.parse(asked.get('drm') ?? 'null');
const headers = drm ? { authorization: 'Bearer ' + drm.token, 'content-type': 'application/json' } : {};
${watching} ${lateLicences} ${start[player]}</script>`

/** Notes each seek, and plays as fast as was asked; where nothing was, the rate is the player's own (trick play sets it). */
const watching = `const seeks = []; let before = 0; const rate = Number(asked.get('rate') ?? 1);
  v.addEventListener('timeupdate', () => { if (!v.seeking) before = v.currentTime });
  v.addEventListener('seeking', () => seeks.push([before, v.currentTime]));
  if (rate !== 1) for (const one of ['play', 'playing']) v.addEventListener(one, () => { v.playbackRate = rate });`

/** Licences, however a player asks for them, leave the page so much later: what it measures is its own. */
const lateLicences = `const lateMs = Number(asked.get('late') ?? 0); const later = () => new Promise((done) => setTimeout(done, lateMs));
  const isLate = (to) => lateMs > 0 && drm && String(to?.url ?? to).startsWith(drm.licenceUrl);
  const { open, send } = XMLHttpRequest.prototype; const to = new WeakMap(); const askFor = window.fetch;
  XMLHttpRequest.prototype.open = function (...how) { to.set(this, how[1]); return open.apply(this, how) };
  XMLHttpRequest.prototype.send = function (body) { isLate(to.get(this)) ? later().then(() => send.call(this, body)) : send.call(this, body) };
  window.fetch = (...how) => isLate(how[0]) ? later().then(() => askFor(...how)) : askFor(...how);`

/** What of a browser is used, whichever it is. */
export interface Stage {
  newPage(): Promise<Tab>
}

/** A page of it; expressions are evaluated within. */
export interface Tab {
  goto(url: string): Promise<unknown>
  waitForFunction(expression: string, none: undefined, options: { timeout: number }): Promise<unknown>
  evaluate<Value>(expression: string): Promise<Value>
  close(): Promise<void>
}

/** What to play and until when. */
export interface PlayOptions {
  readonly browser: Stage
  readonly pages: string
  readonly player: Player
  readonly url: string
  /** Plays until this media time is passed; for a live channel, until so many pictures were shown. */
  readonly untilSeconds?: number
  readonly untilFrames?: number
  /** Jumps here once playing. */
  readonly seekTo?: number
  readonly drm?: Drm
  /** Times as fast as life. @default 1 */
  readonly rate?: number
  /** How much later licences are asked for than the player does. @default 0 */
  readonly licencesLateMs?: number
  /** How long it may take. @default a minute */
  readonly patienceMs?: number
}

/** Where a player gets Clear Key licences, and by which right. */
export interface Drm {
  readonly licenceUrl: string
  readonly token: string
  /** Key ids (base64url) for players that fetch no licence themselves. */
  readonly kids: readonly string[]
}

/** Plays until the wanted media time, an error, or half a minute has passed. */
export async function play(options: PlayOptions): Promise<Played> {
  const {
    browser,
    pages,
    player,
    url,
    untilSeconds = 1e9,
    untilFrames = 1e9,
    seekTo,
    drm,
    rate = 1,
    licencesLateMs = 0,
    patienceMs = 60_000,
  } = options
  const tab = await browser.newPage()
  try {
    const asked = new URLSearchParams({
      player,
      url,
      ...(drm && { drm: JSON.stringify(drm) }),
      rate: String(rate),
      late: String(licencesLateMs),
    })
    await tab.goto(`${pages}/?${asked.toString()}`)
    if (seekTo !== undefined) {
      await tab
        .waitForFunction('v.currentTime > 0.2 || v.error || errors.length > 0', undefined, {
          timeout: Math.min(30_000, patienceMs),
        })
        .catch(() => undefined)
      await tab.evaluate(`v.currentTime = ${seekTo}`)
    }
    await tab
      .waitForFunction(
        `v.currentTime >= ${untilSeconds} || v.getVideoPlaybackQuality().totalVideoFrames >= ${untilFrames} || v.ended || v.error || errors.length > 0`,
        undefined,
        {
          timeout: patienceMs,
        },
      )
      .catch(() => undefined)
    return await tab.evaluate<Played>(`({ currentTime: v.currentTime, duration: v.duration, ended: v.ended,
      frames: v.getVideoPlaybackQuality().totalVideoFrames, width: v.videoWidth,
      videoBytes: v.webkitVideoDecodedByteCount, audioBytes: v.webkitAudioDecodedByteCount,
      seeks, played: Array.from(v.played, (_, i) => [v.played.start(i), v.played.end(i)]),
      errors: v.error ? [...errors, v.error.message] : errors })`)
  } finally {
    await tab.close()
  }
}
