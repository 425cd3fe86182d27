/** Films and their rows in memory, presentations stored over them, and what is answered for their manifests. */
import { type ChannelRange, respond, type TimelineReader } from '../../lib/delivery/index.ts'
import { type AskedChannelClip, type AskedClip, composed } from '../../lib/presentations/compose.ts'
import { storedPresentations } from '../../lib/presentations/index.ts'
import type { ShownRow } from '../../lib/presentations/source.ts'
import { presentationKey, type StoredPresentation } from '../../lib/presentations/stored.ts'
import { playReadyBox, widevineBox } from '../../lib/rights/protection/key-boxes.ts'
import type { LiveHead } from '../../lib/timeline/live/head.ts'
import { encodeTimeline, timelinePrefix } from '../../lib/timeline/stored.ts'
import { protectionKey, type StoredProtection } from '../../lib/timeline/stored-protection.ts'
import type { Timeline } from '../../lib/timeline/timeline.ts'

const licenceUrl = 'https://licences.example/licence'
const version = 'fedcba9876543210'

/** A world with nothing in it. */
export function newWorld() {
  const objects = new Map<string, string>()
  const rows = new Map<string, ShownRow>()
  const asked: string[][] = []
  const ranges = new Map<string, ChannelRange>()
  const heads = new Map<string, LiveHead>()
  const reader: TimelineReader = {
    current: (id) => Promise.resolve(rows.get(id)),
    object: (key) => Promise.resolve(objects.get(key)),
  }
  const sources = [
    storedPresentations(
      (ids) => {
        asked.push([...ids])
        return Promise.resolve(
          new Map(ids.flatMap((id) => (rows.has(id) ? [[id, rows.get(id) ?? { version }]] : []))),
        )
      },
      ({ id }) => Promise.resolve(ranges.get(id)),
    ),
  ]
  return {
    objects,
    rows,
    asked,
    ranges,
    heads,
    /** Publishes a film. */
    film(timeline: Timeline): void {
      const { head, parts } = encodeTimeline(timeline)
      const prefix = timelinePrefix(timeline.id, timeline.version)
      objects.set(`${prefix}timeline.json`, head)
      for (const { name, text } of parts) objects.set(prefix + name, text)
      rows.set(timeline.id, { version: timeline.version })
    },
    /** Protects one, with keys of its own. */
    protect(id: string, digit: string, more: Partial<StoredProtection> = {}): void {
      const row = rows.get(id)
      const name = digit.repeat(16)
      const key = (label: string, last: string) => ({
        label,
        kid: digit.repeat(31) + last,
        iv: 'f0'.repeat(16),
        checksum: 'Me48z71nuqY=',
      })
      const stored: StoredProtection = {
        format: 'headend-protection/1',
        schemes: ['cenc', 'cbcs'],
        systems: ['widevine', 'playready', 'clearkey'],
        sharing: 'perType',
        licenceUrl,
        boxes: {
          cenc: { widevine: widevineBox('cenc'), playready: playReadyBox('cenc', `${licenceUrl}/playready`) },
          cbcs: { widevine: widevineBox('cbcs'), playready: playReadyBox('cbcs', `${licenceUrl}/playready`) },
        },
        periods: [{ index: 0, fromMs: 0, keys: [key('AUDIO', 'a'), key('SD', 'b'), key('HD', 'c')] }],
        ...more,
      }
      objects.set(protectionKey(id, name), JSON.stringify(stored))
      if (row) rows.set(id, { ...row, protection: name })
    },
    /** Stores a presentation under `presentations/one`. */
    async store(clips: readonly (AskedClip | AskedChannelClip)[]): Promise<StoredPresentation> {
      const stored = await composed('presentations/one', clips, {
        object: (key) => reader.object(key),
        channel: (id) => Promise.resolve(heads.get(id)),
        isHeld: () => Promise.resolve(false),
        now: () => Date.UTC(2026, 11, 1, 12),
        versions: (ids) =>
          Promise.resolve(
            new Map([...rows].flatMap(([id, row]) => (ids.includes(id) ? [[id, row.version]] : []))),
          ),
      })
      objects.set(presentationKey(stored.id, version), JSON.stringify(stored))
      rows.set(stored.id, { version })
      return stored
    },
    /** A manifest of it; `path` is below its own. */
    async get(path: string) {
      const [pathname = '', query = ''] = path.split('?')
      const response = await respond(
        { method: 'GET', path: `presentations/one/${pathname}`, query },
        reader,
        sources,
      )
      const code =
        response.status === 200
          ? undefined
          : (JSON.parse(response.body) as { error: { code: string } }).error.code
      return { ...response, code }
    },
  }
}
