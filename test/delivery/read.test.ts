/** Pages of timelines that a warm environment keeps decoded. */
import { describe, expect, it } from 'vitest'
import { readTimeline, type TimelineReader } from '../../lib/delivery/read.ts'
import { encodeTimeline, timelinePrefix } from '../../lib/timeline/stored.ts'
import { timelineOf, trackOf } from './timelines.ts'

const version = '0123456789abcdef'

/** A reader of films of one page each, whose texts are made this long. */
function readerOf(timelineIds: readonly string[], pageCharacters: number) {
  const objects = new Map<string, string>()
  for (const id of timelineIds) {
    const { head, parts } = encodeTimeline(timelineOf(id, { tracks: [trackOf('video-1', 'video')] }))
    const prefix = timelinePrefix(id, version)
    objects.set(`${prefix}timeline.json`, head)
    for (const { name, text } of parts) objects.set(prefix + name, text.padEnd(pageCharacters))
  }
  const reader: TimelineReader = {
    current: () => Promise.resolve({ version }),
    object: (key) => Promise.resolve(objects.get(key)),
  }
  return {
    objects,
    /** The segments of a film: the same list as before where its page was not decoded again. */
    segments: async (timelineId: string) => {
      const read = await readTimeline(reader, { timelineId, version })
      return read?.timeline.tracks[0]?.segments
    },
  }
}

describe('a page that was decoded', () => {
  it('is not decoded again', async () => {
    const { segments } = readerOf(['vod/a', 'vod/b'], 0)
    const first = await segments('vod/a')
    expect(first).toHaveLength(10)
    await segments('vod/b')
    expect(await segments('vod/a')).toBe(first)
  })

  it('makes room, when too many characters are kept, by what was not asked for longest', async () => {
    const { segments } = readerOf(['vod/a', 'vod/b', 'vod/c'], 1.9 * 2 ** 20)
    const [a, b] = [await segments('vod/a'), await segments('vod/b')]
    expect(await segments('vod/a')).toBe(a)
    const c = await segments('vod/c')
    expect(await segments('vod/a')).toBe(a)
    expect(await segments('vod/c')).toBe(c)
    expect(await segments('vod/b')).not.toBe(b)
  })

  it('counts once, however often it is asked for', async () => {
    const { segments } = readerOf(['vod/a', 'vod/b'], 1.9 * 2 ** 20)
    const [a, b] = [await segments('vod/a'), await segments('vod/b')]
    for (let i = 0; i < 5; i++) expect(await segments('vod/a')).toBe(a)
    expect(await segments('vod/b')).toBe(b)
  })

  it('is kept alone where it is longer than all that may be kept', async () => {
    const { segments } = readerOf(['vod/a', 'vod/b'], 5 * 2 ** 20)
    const a = await segments('vod/a')
    expect(await segments('vod/a')).toBe(a)
    await segments('vod/b')
    expect(await segments('vod/a')).not.toBe(a)
  })

  it('is decoded anew where its text is another', async () => {
    const { segments, objects } = readerOf(['vod/a'], 0)
    const a = await segments('vod/a')
    for (const [key, text] of objects) if (!key.endsWith('timeline.json')) objects.set(key, `${text} `)
    expect(await segments('vod/a')).not.toBe(a)
    expect(await segments('vod/a')).toEqual(a)
  })
})
