/** Films cut where leading pictures follow, and how that is said, however the file says where they are. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { areIndependent, sapOf } from '../../../lib/delivery/segment-starts.ts'
import type { Box } from '../../../lib/formats/isobmff/box.ts'
import { readStss } from '../../../lib/formats/isobmff/stss.ts'
import { ffmpegMissing } from '../../house/ffmpeg.ts'
import { madeFilms } from '../../house/films/made-films.ts'
import { bytesSource } from '../films/films.ts'
import { type MadeSample, makeFilm } from '../films/make-film.ts'
import { shelve } from '../films/shelf.ts'
import { boxOf, editBoxes, tableOf } from '../reading/edit-boxes.ts'

const stss = 'moov/trak/mdia/minf/stbl/stss'
const hevc = async (name: string): Promise<Uint8Array> => {
  const [file] = (await madeFilms.find((film) => film.name === name)?.files()) ?? []
  return Uint8Array.from(typeof file?.file === 'string' ? readFileSync(file.file) : (file?.file ?? []))
}

/** The key frames of a film stand in `stss` up to the first; `others` says the rest. */
const moved = (film: Uint8Array, others: (numbers: readonly number[]) => readonly Uint8Array[]): Uint8Array =>
  editBoxes(film, (box, path) =>
    path === stss ? Buffer.concat([tableOf('stss', 1, 1), ...others(syncsOf(box).slice(1))]) : undefined,
  )

const syncsOf = (box: Box): number[] =>
  Array.from(readStss(box, 1000), (one, i) => (one === 1 ? i + 1 : 0)).filter((number) => number > 0)

describe.skipIf(ffmpegMissing)('groups with leading pictures', () => {
  it('are cut, and their segments said to start with pictures that lead', async () => {
    const shelf = await shelve(bytesSource(await hevc('HEVC with leading pictures')))
    const [pictures] = shelf.films.timeline.tracks
    expect(pictures?.segments.length).toBeGreaterThan(1)
    expect(pictures?.configs[0]?.sap).toBe(3)
    if (!pictures) return
    expect(sapOf(pictures, pictures.segments)).toBe(3)
    expect(areIndependent(pictures, pictures.segments)).toBe(false)
  })

  it('and those without differ', async () => {
    const shelf = await shelve(bytesSource(await hevc('HEVC hvc1')))
    const [pictures] = shelf.films.timeline.tracks
    expect(pictures?.configs[0]).not.toHaveProperty('sap')
    if (pictures) expect(areIndependent(pictures, pictures.segments)).toBe(true)
  })

  it.for([
    ['partial sync samples (QuickTime)', (numbers) => [tableOf('stps', numbers.length, ...numbers)]],
    ['a group of random access points', (numbers) => [groupOf(numbers)]],
  ] as [string, (numbers: readonly number[]) => Uint8Array[]][])('are found in %s', async ([, others]) => {
    const film = await hevc('HEVC with leading pictures')
    const [plain, other] = [await shelve(bytesSource(film)), await shelve(bytesSource(moved(film, others)))]
    const [wanted, got] = [plain, other].map(({ films }) => films.timeline.tracks[0]?.segments)
    expect(got).toEqual(wanted)
  })
})

function groupOf(numbers: readonly number[]): Uint8Array {
  const runs: number[] = []
  let next = 1
  for (const number of numbers) {
    if (number > next) runs.push(number - next, 0)
    runs.push(1, 1)
    next = number + 1
  }
  const head = tableOf('sbgp', 0, runs.length / 2, ...runs)
  Buffer.from(head.buffer, head.byteOffset).write('rap ', 12, 'latin1')
  return head
}

describe('of groups that lead and groups that do not', () => {
  it('the others are cut', async () => {
    // A second each; every other one begins with a picture shown after the next.
    const samples = Array.from({ length: 24 }, (_, second) =>
      Array.from({ length: 25 }, (_none, i): MadeSample => {
        const leads = second % 2 === 1
        return {
          size: 500,
          duration: 512,
          sync: i === 0,
          offset: leads && i === 0 ? 512 : leads && i === 1 ? -512 : 0,
        }
      }),
    ).flat()
    const shelf = await shelve(bytesSource(makeFilm([{ type: 'video', timescale: 12_800, samples }])))
    const [pictures] = shelf.films.timeline.tracks
    expect(pictures?.segments.map(({ start }) => start / 12_800)).toEqual([0, 6, 12, 18])
    expect(pictures?.configs[0]).not.toHaveProperty('sap')
    const odd = samples.slice(25)
    const later = await shelve(bytesSource(makeFilm([{ type: 'video', timescale: 12_800, samples: odd }])))
    expect(later.films.timeline.tracks[0]?.segments.map(({ start }) => start / 12_800)).toEqual([
      0, 5, 11, 17,
    ])
  })
})

describe('sound that needs what came before', () => {
  it.skipIf(ffmpegMissing)('says so in its init segment and of every sample', async () => {
    const film = await hevc('a moov behind the media')
    expect(Buffer.from(film).includes('roll')).toBe(true)
    const shelf = await shelve(bytesSource(film))
    const sound = shelf.films.timeline.tracks.find(({ type }) => type === 'audio')
    if (!sound) throw new Error('sound goes in')
    const track = await shelf.track(sound)
    const words = [
      ...Buffer.from(track)
        .toString('latin1')
        .matchAll(/sgpd|sbgp/g),
    ].map(([word]) => word)
    expect(words).toEqual(['sgpd', ...sound.segments.map(() => 'sbgp')])
    const plain = editBoxes(film, ({ type }, path) =>
      path.endsWith('stbl/sgpd') || path.endsWith('stbl/sbgp')
        ? boxOf('free', Buffer.alloc(type.length))
        : undefined,
    )
    const without = await shelve(bytesSource(Uint8Array.from(plain)))
    const bare = without.films.timeline.tracks.find(({ type }) => type === 'audio')
    if (!bare) throw new Error('sound goes in')
    expect(Buffer.from(await without.track(bare)).includes('sgpd')).toBe(false)
  })
})
