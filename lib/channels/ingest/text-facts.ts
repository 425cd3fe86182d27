/** Language and name of a WebVTT track: as the multivariant playlist says, else as the names of its segments do. */
import { type TextFacts, textFactsOf } from '../../packaging/index.ts'
import type { LiveReads } from '../live/store.ts'

/** What a stream of WebVTT is called in the head, behind its name. */
export const textStream = '#webvtt'

/** What is known of a stream. */
export async function textFacts(
  { live }: { readonly live: Pick<LiveReads, 'said'> },
  id: string,
  stream: string,
): Promise<TextFacts> {
  return saidOf(await live.said(id), stream) ?? textFactsOf(stream)
}

/** What playlists say of it; undefined if none does. */
export function saidOf(said: ReadonlyMap<string, string>, stream: string): TextFacts | undefined {
  const facts = said.get(`playlist/${said.get(`stream/${stream}`)}`)
  return facts === undefined ? undefined : (JSON.parse(facts) as TextFacts)
}
