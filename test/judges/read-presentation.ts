/** A whole presentation fetched as a player would, with no code of ours: HLS by its lines, DASH by its XML. */

/** One rendition as one file: its init and every segment. */
export interface Fetched {
  readonly uris: readonly string[]
  readonly bytes: Uint8Array
}

/** Renditions of an HLS presentation: the first variant's picture and its default sound. */
export async function fetchHls(url: string): Promise<Readonly<Record<'video' | 'audio', Fetched>>> {
  const text = await fetchText(url)
  const lines = text.split('\n')
  const variant = lines[lines.findIndex((line) => line.startsWith('#EXT-X-STREAM-INF')) + 1] ?? ''
  const sound = /#EXT-X-MEDIA:TYPE=AUDIO.*URI="([^"]+)"/.exec(text)?.[1] ?? ''
  return {
    video: await fetchPlaylist(new URL(variant, url)),
    audio: await fetchPlaylist(new URL(sound, url)),
  }
}

async function fetchPlaylist(url: URL): Promise<Fetched> {
  const lines = (await fetchText(url)).split('\n')
  const map = lines.map((line) => /#EXT-X-MAP:URI="([^"]+)"/.exec(line)?.[1]).find((uri) => uri !== undefined)
  const segments = lines.filter((line) => line !== '' && !line.startsWith('#'))
  return fetchAll([...(map === undefined ? [] : [map]), ...segments].map((uri) => new URL(uri, url).href))
}

/** Renditions of a DASH presentation of one Period with `$Number$` templates and SegmentTimelines. */
export async function fetchDash(url: string): Promise<Readonly<Record<'video' | 'audio', Fetched>>> {
  const text = await fetchText(url)
  const of = (kind: string): Promise<Fetched> => {
    const set =
      new RegExp(`<AdaptationSet [^>]*contentType="${kind}"[\\s\\S]*?</AdaptationSet>`).exec(text)?.[0] ?? ''
    const attribute = (name: string) => new RegExp(` ${name}="([^"]*)"`).exec(set)?.[1] ?? ''
    const count = [...set.matchAll(/<S ([^>]*)\/>/g)].reduce(
      (sum, [, s = '']) => sum + 1 + Number(/r="(\d+)"/.exec(s)?.[1] ?? 0),
      0,
    )
    const uris = Array.from({ length: count }, (_, i) =>
      attribute('media').replace('$Number$', String(Number(attribute('startNumber')) + i)),
    )
    return fetchAll([attribute('initialization'), ...uris].map((uri) => new URL(uri, url).href))
  }
  return { video: await of('video'), audio: await of('audio') }
}

async function fetchText(url: string | URL): Promise<string> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${String(url)}: ${response.status} ${await response.text()}`)
  return response.text()
}

async function fetchAll(uris: readonly string[]): Promise<Fetched> {
  const parts: Uint8Array[] = []
  for (const uri of uris) {
    const response = await fetch(uri)
    if (!response.ok) throw new Error(`${uri}: ${response.status} ${await response.text()}`)
    parts.push(new Uint8Array(await response.arrayBuffer()))
  }
  return { uris, bytes: Buffer.concat(parts) }
}
