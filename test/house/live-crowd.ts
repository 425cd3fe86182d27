/** A thousand viewers of one channel, and how often anything behind the caches is asked for what they see. */
import { segmentSeconds, writtenBy } from '../channels/feeds.ts'
import { settled } from './assets.ts'
import { askAtOnce } from './crowd.ts'
import { type InProcess, startInProcess } from './in-process.ts'
import { askApi } from './operator-api.ts'
import { smallFilm } from './small-film.ts'

/** What came of them. */
export interface LiveCrowd {
  /** Segments and init segments that all of them were given. */
  readonly objects: number
  /** Requests for those that reached the origin. */
  readonly objectRequests: number
  /** Manifests that all of them were given. */
  readonly manifests: number
  /** Runs of the function that makes them. */
  readonly manifestRequests: number
  /** Seconds that asking for manifests took; each may be asked for once a second. */
  readonly manifestSeconds: number
  /** Answers that were no success, or differed between viewers. */
  readonly odd: readonly string[]
}

/** Has them watch all that a feed of four segments shows. */
export async function liveCrowd({ maxObjects }: { readonly maxObjects?: number } = {}): Promise<LiveCrowd> {
  const house = await startInProcess()
  try {
    await house.upload('vod/first.mp4', await smallFilm())
    await settled(house, 'first')
    await askApi(house, 'PUT', '/v1/channels/crowd', { name: 'Crowd', segmentSeconds })
    for (const { path, bytes } of writtenBy('ts', 4 * segmentSeconds))
      await house.upload(`live/crowd/${path}`, bytes)
    return await watch(house, maxObjects)
  } finally {
    await house.stop()
  }
}

async function watch(house: InProcess, maxObjects: number | undefined): Promise<LiveCrowd> {
  const top = `${house.outputs['PlaybackUrl']}/live/crowd/index.m3u8`
  const playlists = urisOf(await shown(top), top)
  const texts = await Promise.all(playlists.map(async (url) => ({ url, text: await shown(url) })))
  const objects = texts.flatMap(({ url, text }) => urisOf(text, url)).slice(0, maxObjects)
  const before = requestsOf(house)
  const odd: string[] = []
  const ask = async (url: string) => {
    const answers = await askAtOnce(url)
    if (answers.length !== 1 || !answers[0]?.startsWith('200 ')) odd.push(`${url}: ${answers.join()}`)
  }
  for (const url of objects) await ask(url)
  const between = requestsOf(house)
  const began = performance.now()
  for (const url of [top, ...playlists]) await ask(url)
  const manifestSeconds = (performance.now() - began) / 1000
  const after = requestsOf(house)
  return {
    objects: objects.length,
    objectRequests: between.media - before.media,
    manifests: playlists.length + 1,
    manifestRequests: after.manifest - between.manifest,
    manifestSeconds,
    odd,
  }
}

/** Waits until it is there: a feed that has only begun is not shown. */
async function shown(url: string): Promise<string> {
  for (let tries = 0; tries < 300; tries++) {
    const response = await fetch(url)
    if (response.ok) {
      const text = await response.text()
      // All of the feed but what may still get a part.
      if (!text.includes('#EXTINF') || (text.match(/#EXTINF/g)?.length ?? 0) >= 3) return text
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`${url}: expected three segments at least`)
}

const urisOf = (text: string, base: string): string[] => [
  ...new Set(
    [...text.matchAll(/^(?!#)(\S+)$|URI="([^"]+)"/gm)].map((m) => new URL(m[1] ?? m[2] ?? '', base).href),
  ),
]

/** What functions were asked for so far; the one at the edge hands manifests of channels on. */
function requestsOf(house: InProcess): { readonly media: number; readonly manifest: number } {
  const all = Object.entries(house.cloud.functions())
  const runsOf = (name: string) => {
    const found = all.filter(([id]) => id.includes(name))
    if (found.length !== 1) throw new Error(`expected one function called ${name}, got ${found.length}`)
    return found[0]?.[1].invocations ?? 0
  }
  return { media: runsOf('PackagingPackager'), manifest: runsOf('DeliveryManifest7') }
}
