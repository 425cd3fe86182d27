/** How long the archive of an hour is kept: as long as the longest of its holds, else as the window says. */
import { GetObjectTaggingCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { HeldHours } from '../../lib/channels/archive/hours.ts'
import { archiveMessage } from '../../lib/channels/archive/message.ts'
import { archivePorts } from '../../lib/channels/archive/store.ts'
import { holdStore } from '../../lib/channels/holds/store.ts'
import { holdMedia, isHeld, liftMedia, type PlacePorts } from '../../lib/channels/index.ts'
import { hourPage } from '../../lib/timeline/live/head.ts'
import { printHour } from '../../lib/timeline/live/hour.ts'
import { daysUntil, keepDays, keptDays } from '../../lib/timeline/live/keeping.ts'
import { liveObjects } from '../../lib/timeline/live/placement.ts'
import { segmentFile } from '../../lib/timeline/media-path.ts'
import { timelinePrefix } from '../../lib/timeline/stored.ts'
import type { Segment } from '../../lib/timeline/timeline.ts'
import { startChannels } from './feeds.ts'
import { headOf } from './memory-room.ts'

const dayMs = 86_400_000
const hour = 494_000
const beginMs = hour * 3_600_000
const head = headOf(['video-1'], hour * 3600)
const prefix = timelinePrefix(head.id, head.version)
const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
/** Six objects of ten minutes. */
const segmentBytes = 1.5 * 2 ** 20
const segments = Array.from({ length: 24 }, (_, i): Segment => {
  const start = (hour * 3600 + i * 150) * 1000
  const facts = { cut: 0, duration: 150_000, bytes: segmentBytes, configId: 'c', sync: true } as const
  return { number: start, start, ...facts, gap: 'none', discontinuity: false }
})

let room: Awaited<ReturnType<typeof startChannels>>
let place: PlacePorts
let told: HeldHours[]
beforeEach(async () => {
  room = await startChannels()
  told = []
  place = {
    holds: holdStore({ table: 'channels' }),
    tell: async (hours) => void told.push(hours),
    now: () => beginMs + dayMs,
  }
  for (const { number, cut } of segments)
    await room.ports.putOnce(
      liveObjects(head.id, head.version, 'video-1') + segmentFile(number, cut),
      new Uint8Array(segmentBytes),
      {},
    )
  const page = Buffer.from(printHour(new Map([['video-1', segments]])))
  await room.ports.putOnce(prefix + hourPage(hour, 1), page, {}, 3)
})
afterEach(() => room.stop())

const ports = () => archivePorts({ s3: room.client, table: 'channels', mediaBucket: 'media' })
const archive = () => archiveMessage(JSON.stringify({ head, hour, revision: 1 }), ports(), log)
const deliver = async () => {
  for (const body of told.splice(0)) await archiveMessage(JSON.stringify(body), ports(), log)
}
/** Days by what of the archive they are of. */
async function days(): Promise<Readonly<Record<string, number>>> {
  const { Contents = [] } = await room.client.send(new ListObjectsV2Command({ Bucket: 'media' }))
  const all = Contents.flatMap(({ Key = '' }) => (/\/(?:archive|hours)\//.test(Key) ? [Key] : []))
  const tagged = await Promise.all(
    all.map(async (Key) => {
      const { TagSet = [] } = await room.client.send(new GetObjectTaggingCommand({ Bucket: 'media', Key }))
      return [Key.slice(prefix.length), Number(TagSet[0]?.Value)] as const
    }),
  )
  return Object.fromEntries(tagged)
}
/** Objects were written when the test runs: holds end so many days behind that. */
const inDays = (number: number): number => Date.now() + number * dayMs
const minutes = (from: number, to: number) => ({
  fromMs: beginMs + from * 60_000,
  toMs: beginMs + to * 60_000,
})
const holdOf = (id: string, from: number, to: number, untilDays: number) => ({
  id,
  version: head.version,
  ...minutes(from, to),
  untilMs: inDays(untilDays),
})
const partDays = async () => {
  const all = await days()
  return [0, 1, 2, 3, 4, 5].map((part) => all[`archive/${hour}-${part}.bin`])
}

it('goes by the objects a hold touches, the longest of them for what tells of all', async () => {
  await archive()
  expect(await partDays()).toEqual([3, 3, 3, 3, 3, 3])
  await holdMedia(place, head.id, holdOf('a', 12, 18, 29.5))
  await holdMedia(place, head.id, holdOf('b', 15, 35, 99))
  await deliver()
  expect(await partDays()).toEqual([3, 105, 105, 105, 3, 3])
  const own = [`archive/${hour}.json`, hourPage(hour, 1)]
  const all = await days()
  expect(own.map((name) => all[name])).toEqual([105, 105])
  await liftMedia(place, head.id, { id: 'b', ...minutes(15, 35) })
  await deliver()
  expect(await partDays()).toEqual([3, 30, 3, 3, 3, 3])
  await liftMedia(place, head.id, { id: 'a', ...minutes(12, 18) })
  await deliver()
  expect(new Set(Object.values(await days()))).toEqual(new Set([3]))
})

it('is the same whether a hold comes before the archive or behind it, and however often it is told', async () => {
  await holdMedia(place, head.id, holdOf('a', 0, 60, 20))
  await deliver()
  expect(await partDays()).toEqual([undefined, undefined, undefined, undefined, undefined, undefined])
  await archive()
  await archive()
  expect(new Set(await partDays())).toEqual(new Set([21]))
})

it('follows a hold that moves', async () => {
  await archive()
  await holdMedia(place, head.id, holdOf('a', 0, 5, 20))
  const moved = { ...holdOf('a', 0, 0, 20), fromMs: beginMs + 10 * 3_600_000, toMs: beginMs + 11 * 3_600_000 }
  await holdMedia(place, head.id, moved, minutes(0, 5))
  await deliver()
  expect(new Set(await partDays())).toEqual(new Set([3]))
  expect(await isHeld(place, head.id, moved)).toBe(true)
  expect(await isHeld(place, head.id, { version: head.version, ...minutes(0, 5) })).toBe(false)
})

it('holds a range as a whole, and until its end', async () => {
  await holdMedia(place, head.id, { ...holdOf('a', 10, 20, 0), untilMs: beginMs + 2 * dayMs })
  const at = (nowMs: number, from: number, to: number) =>
    isHeld({ ...place, now: () => nowMs }, head.id, { version: head.version, ...minutes(from, to) })
  expect(await at(beginMs, 10, 20)).toBe(true)
  expect(await at(beginMs, 12, 15)).toBe(true)
  expect(await at(beginMs, 9, 15)).toBe(false)
  expect(await at(beginMs, 15, 21)).toBe(false)
  expect(await at(beginMs + 2 * dayMs, 10, 20)).toBe(false)
  expect(
    await isHeld({ ...place, now: () => beginMs }, head.id, { version: 'other', ...minutes(10, 20) }),
  ).toBe(false)
})

it('has a rule of the bucket for every number of days', () => {
  expect(keptDays).toContain(keepDays(60))
  for (const one of keptDays) expect(daysUntil(0, one * dayMs)).toBe(one)
  expect(daysUntil(0, 15.5 * dayMs)).toBe(18)
  expect(daysUntil(0, 1e15)).toBe(1827)
})
