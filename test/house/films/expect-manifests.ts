/** What both manifests of any film must keep to. */
import { expect } from 'vitest'
import { checkMpd } from '../../judges/dash/rules.ts'
import { checkMediaPlaylist, checkMultivariant } from '../../judges/hls/rules.ts'
import { clockOfInit } from '../../judges/media/media-clock.ts'
import type { ReadManifest, Stretch } from '../../judges/read-manifests.ts'
import { validateMpd } from '../../judges/xsd.ts'
import type { EveryFilm } from './every-film.ts'

/** Every rule of playlists and MPDs, and the schema. */
export async function expectClean(film: EveryFilm, hls: ReadManifest, dash: ReadManifest): Promise<void> {
  const [[main, text] = ['', ''], ...playlists] = Object.entries(hls.texts)
  const named = playlists.map(([url, media]) => [relativeTo(main, url), media] as const)
  expect(checkMultivariant(text, Object.fromEntries(named))).toEqual([])
  for (const [, media] of playlists) expect(checkMediaPlaylist(media)).toEqual([])
  for (const mpd of Object.values(dash.texts)) {
    const broken = checkMpd(mpd).filter(({ rule }) => !film.endsApart || rule !== 'Period.coverage')
    expect(broken).toEqual([])
    expect(await validateMpd(mpd)).toEqual([])
  }
}

const relativeTo = (main: string, url: string): string => url.slice(main.lastIndexOf('/') + 1)

/**
 * The same segments of the same tracks in both, of the same lengths; the first one's in HLS counts what is hidden, too,
 * and the time before it, up to half a second.
 */
export async function expectAlike(hls: ReadManifest, dash: ReadManifest): Promise<void> {
  expect([...dash.tracks.keys()].toSorted()).toEqual([...hls.tracks.keys()].toSorted())
  for (const [track, stretches] of hls.tracks) {
    const others = dash.tracks.get(track) ?? []
    const theirs = piecesOf(others)
    const ours = piecesOf(stretches)
    expect(theirs.map(({ url, init }) => [url, init])).toEqual(ours.map(({ url, init }) => [url, init]))
    const response = await fetch(ours[0]?.init ?? '')
    const { hiddenSeconds } = clockOfInit(Buffer.from(await response.arrayBuffer()))
    const begin = theirs[0]?.startSeconds ?? 0
    const unseen = hiddenSeconds + (begin <= 0.5 ? begin : 0)
    for (const [i, { seconds }] of theirs.entries())
      expect(seconds + (i === 0 ? unseen : 0)).toBeCloseTo(ours[i]?.seconds ?? Number.NaN, 5)
  }
}

const piecesOf = (stretches: readonly Stretch[]) =>
  stretches.flatMap(({ init, segments }) => segments.map((one) => ({ ...one, init })))
