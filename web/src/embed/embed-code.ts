/** The address of the embedded player and the code that shows it: written by the console, read by the player page. */
import type { DrmSystem } from '../../../lib/rights/protection/policy.ts'
import { contentIdForm } from '../../../lib/timeline/ids.ts'
import { decoded } from '../fragment.ts'
import type { Format } from '../player/manifests.ts'

/** What an embedded player plays. */
export interface Embedded {
  /** `vod/film`. */
  readonly content: string
  readonly player: string
  readonly format: Format
  readonly autoplay: boolean
  /** DRM systems of what is protected, the first choice first; absent: in the clear. */
  readonly systems?: readonly DrmSystem[]
  readonly title?: string
}

/** What opens protected content to one viewer. The fragment brings it: no server, no log and no referrer has that. */
export interface Permission {
  /** Of `POST /v1/sessions`. */
  readonly session: string
  /** Of `POST /v1/tokens`. */
  readonly token: string
}

/** Stands in the code where the embedding site puts what its viewer was given. */
const placeholders: Permission = { session: 'SESSION', token: 'TOKEN' }

const known: readonly DrmSystem[] = ['widevine', 'playready', 'fairplay', 'clearkey']
/** Texts that stand in a URL and a header as they are. */
const tokens = /^[A-Za-z0-9._~-]{1,4096}$/

/** The address of the player page, on `origin`. */
export function embedUrl(
  origin: string,
  { content: id, player, format, autoplay, systems, title }: Embedded,
): string {
  const said = new URLSearchParams({
    content: id,
    player,
    format,
    ...(title !== undefined && { title }),
    ...(autoplay && { autoplay: '1' }),
    ...(systems && { drm: systems.join(',') }),
  })
  const { session, token } = placeholders
  return `${origin}/embed.html?${said.toString()}${systems ? `#session=${session}&token=${token}` : ''}`
}

/** A frame to paste into a page. */
export const embedCode = (url: string, title: string): string =>
  `<iframe src="${escaped(url)}" title="${escaped(title)}" width="640" height="400" style="border:0" allow="autoplay; encrypted-media; fullscreen; picture-in-picture" loading="lazy"></iframe>`

/** Reads the address of a player page; undefined where it names no content. */
export function parseEmbed(
  search: string,
  hash: string,
): { readonly embedded: Embedded; readonly permission: Permission | undefined } | undefined {
  const said = new URLSearchParams(search)
  const id = said.get('content') ?? ''
  if (!contentIdForm.test(id)) return undefined
  const systems = said.get('drm')?.split(',')
  const title = said.get('title') ?? undefined
  return {
    embedded: {
      content: id,
      player: said.get('player') ?? '',
      format: said.get('format') === 'dash' ? 'dash' : 'hls',
      autoplay: said.get('autoplay') === '1',
      ...(systems && { systems: systems.flatMap((name) => known.find((one) => one === name) ?? []) }),
      ...(title !== undefined && { title }),
    },
    permission: permissionIn(hash),
  }
}

/** Undefined where the placeholders were left, or what stands there can be no token. */
function permissionIn(hash: string): Permission | undefined {
  const said = new URLSearchParams(decoded(hash.replace(/^#/, '')) ?? '')
  const [session, token] = [said.get('session') ?? '', said.get('token') ?? '']
  if (session === placeholders.session || !tokens.test(session)) return undefined
  return { session, token: token !== placeholders.token && tokens.test(token) ? token : '' }
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
