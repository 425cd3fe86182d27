/** Files that claim what no file holds, each with the code it is to fail with; small, and dear to who believes them. */
import type { Source } from '../../../lib/packaging/reading/source.ts'
import { boxOf, put, rebox } from '../../judges/media/rebox.ts'
import { bytesSource } from '../films/films.ts'
import { makeFilm } from '../films/make-film.ts'

/** One of them; `plays` where what is left of it may. */
export interface HostileFilm {
  readonly name: string
  readonly source: Source
  readonly code: string
}

const frames = Array.from({ length: 40 }, () => ({ size: 20, duration: 1024 }))
// The media first: whatever becomes of the tables, it stays where it is.
const sound = makeFilm([{ type: 'audio', timescale: 48_000, samples: frames }])
const pictures = makeFilm([
  {
    type: 'video',
    timescale: 1000,
    samples: Array.from({ length: 50 }, (_, i) => ({ size: 99, duration: 40, sync: i % 10 === 0 })),
  },
])
const stbl = 'moov/trak/mdia/minf/stbl'
const empty = Buffer.alloc(0)

const words = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, i * 4)
  return bytes
}
const ftyp = boxOf('ftyp', Buffer.from('isom\0\0\0\0isom', 'latin1'))

/** So many copies of the only track; `own` gives each an id of its own. */
function copies(count: number, own: boolean): Buffer {
  return rebox(sound, 'moov', (payload) => {
    const at = payload.indexOf('trak') - 4
    const [mvhd, trak] = [payload.subarray(0, at), payload.subarray(at)]
    const traks = Array.from({ length: count }, (_, i) =>
      own ? rebox(trak, 'trak/tkhd', put(12, i + 1)) : trak,
    )
    return Buffer.concat([mvhd, ...traks])
  })
}

/** Millions of samples of one byte in every track, all of them in the file. */
function greedy(tracks: number, samples: number): Source {
  const one = rebox(sound, `${stbl}/stsz`, () => words(0, 1, samples))
  const timed = rebox(one, `${stbl}/stts`, () => words(0, 1, samples, 1))
  const placed = rebox(
    rebox(timed, `${stbl}/stsc`, () => words(0, 1, 1, samples, 1)),
    `${stbl}/stco`,
    () => words(0, 1, 8),
  )
  const moov = rebox(placed, 'moov', (payload) => {
    const at = payload.indexOf('trak') - 4
    const [mvhd, trak] = [payload.subarray(0, at), payload.subarray(at)]
    return Buffer.concat([
      mvhd,
      ...Array.from({ length: tracks }, (_, i) => rebox(trak, 'trak/tkhd', put(12, i + 1))),
    ])
  })
  return padded(moov, moov.length + samples * 2, 'greedy.mp4')
}

/** A file of any length of which only the beginning is anything. */
function padded(bytes: Uint8Array, size: number, name: string): Source {
  return {
    name,
    size,
    async read(offset, length) {
      const piece = Buffer.alloc(length)
      if (offset < bytes.length) piece.set(bytes.subarray(offset, Math.min(bytes.length, offset + length)))
      return piece
    },
  }
}

const mvex = boxOf('mvex', boxOf('trex', words(0, 1, 1, 0, 0, 0)))
const bare = rebox(
  rebox(
    rebox(sound, 'moov', (payload) => Buffer.concat([payload, mvex])),
    `${stbl}/stsz`,
    () => words(0, 0, 0),
  ),
  'mdat',
  () => empty,
)
const fragmented = rebox(
  rebox(
    rebox(bare, `${stbl}/stts`, () => words(0, 0)),
    `${stbl}/stsc`,
    () => words(0, 0),
  ),
  `${stbl}/stco`,
  () => words(0, 0),
)

const moofOf = (trun: Uint8Array): Buffer =>
  boxOf(
    'moof',
    Buffer.concat([
      boxOf('mfhd', words(0, 1)),
      boxOf('traf', Buffer.concat([boxOf('tfhd', words(0x20000, 1)), boxOf('trun', trun)])),
    ]),
  )

/** The same bytes again and again behind a film's head, as far as anybody reads. */
function endless(head: Uint8Array, again: Uint8Array, name: string): Source {
  return {
    name,
    size: 2 ** 42,
    async read(offset, length) {
      const behind = Math.max(0, offset - head.length) % again.length
      const turned = Buffer.concat([again.subarray(behind), again.subarray(0, behind)])
      const inHead = head.subarray(Math.min(head.length, offset), offset + length)
      return Buffer.concat([inHead, Buffer.alloc(length - inHead.length, turned)])
    },
  }
}

const table = (box: string, bytes: Uint8Array): Buffer => rebox(pictures, `${stbl}/${box}`, () => bytes)
const whole = (name: string, bytes: Uint8Array, code: string): HostileFilm => ({
  name,
  source: bytesSource(bytes, `${name.replaceAll(/\W+/g, '-')}.mp4`),
  code,
})
const text = (name: string, content: string): HostileFilm =>
  whole(name, Buffer.from(content, 'latin1'), 'MP4_NOT_MP4')
const nothing = 'PACKAGING_NOTHING_PLAYABLE'

/** All of them. */
export const hostileFilms: readonly HostileFilm[] = [
  whole('no bytes', empty, 'MP4_EMPTY'),
  whole('eight bytes', Buffer.from([0, 0, 0, 8, ...Buffer.from('ftyp')]), 'MP4_MOOV_MISSING'),
  whole('eight zeros', Buffer.alloc(8), 'MP4_NOT_MP4'),
  text('a zip', `PK\x03\x04\x14\0\0\0\x08\0${'x'.repeat(500)}`),
  text('a tar', `film.mp4${'\0'.repeat(92)}0000644\0${'0'.repeat(400)}`),
  text('a JPEG', `\xff\xd8\xff\xe0\0\x10JFIF\0${'x'.repeat(500)}`),
  text('a page', '<!DOCTYPE html><html><body>404 Not Found</body></html>'),
  text('a PDF', `%PDF-1.7\n${'x'.repeat(500)}`),
  text('Matroska', `\x1a\x45\xdf\xa3${'x'.repeat(500)}`),
  text('a script', '#!/bin/sh\nexit 1\n'),
  whole(
    'a moov of 1 GB',
    Buffer.concat([ftyp, words(2 ** 30), Buffer.from('moov'), words(0, 0)]),
    'MP4_TRUNCATED',
  ),
  {
    name: 'a moov of 1 GB that is there',
    source: padded(Buffer.concat([ftyp, words(2 ** 30), Buffer.from('moov')]), 2 ** 31, 'large.mp4'),
    code: 'MP4_MOOV_LARGE',
  },
  whole(
    'a box of 2^64 bytes',
    Buffer.concat([ftyp, words(1), Buffer.from('mdat'), words(0xffffffff, 0xffffffff)]),
    'MP4_NUMBER_RANGE',
  ),
  whole('10,000 tracks', copies(10_000, true), 'MP4_TRACKS_MANY'),
  whole('200 tracks of one id', copies(200, false), 'plays'),
  whole('200 tracks of the same samples', copies(200, true), 'plays'),
  { name: '250 tracks of 8 million samples', source: greedy(250, 2 ** 23), code: 'plays' },
  { name: 'a track of 2^32 samples', source: greedy(1, 2 ** 32 - 1), code: nothing },
  whole('2^32 sizes', table('stsz', words(0, 0, 0xffffffff, 1, 2, 3)), nothing),
  whole('2^32 times', table('stts', words(0, 0xffffffff, 1, 1)), nothing),
  whole('2^32 runs of chunks', table('stsc', words(0, 0xffffffff, 1, 1, 1)), nothing),
  whole('2^32 chunks', table('stco', words(0, 0xffffffff, 8)), nothing),
  whole('2^32 sync samples', table('stss', words(0, 0xffffffff, 1)), nothing),
  whole('one chunk of 2^32 samples', table('stsc', words(0, 1, 1, 0xffffffff, 1)), 'plays'),
  whole('chunks without samples', table('stsc', words(0, 1, 1, 0, 1)), nothing),
  whole('chunks that run back', table('stsc', words(0, 3, 1, 5, 1, 3, 5, 1, 2, 5, 1)), nothing),
  whole('samples of 4 GB', table('stsz', words(0, 0xffffffff, 50)), nothing),
  whole(
    'chunks behind the end',
    table('stco', words(0, 10, ...Array.from({ length: 10 }, () => 0xfffffff0))),
    'MP4_TRUNCATED',
  ),
  whole('every chunk the same', table('stco', words(0, 10, ...Array.from({ length: 10 }, () => 8))), 'plays'),
  whole(
    '50 samples of the whole file',
    table('stsz', words(0, 0, 50, ...Array.from({ length: 50 }, () => 250))),
    nothing,
  ),
  whole('pictures of 2^32 ticks', table('stts', words(0, 1, 50, 0xffffffff)), nothing),
  whole('a second of 2^32 ticks', rebox(pictures, 'moov/trak/mdia/mdhd', put(12, 0xffffffff)), 'plays'),
  whole('a second of no ticks', rebox(pictures, 'moov/trak/mdia/mdhd', put(12, 0)), nothing),
  whole('a movie of no ticks', rebox(pictures, 'moov/mvhd', put(12, 0)), 'MP4_TIMESCALE_ZERO'),
  whole(
    'an edit before all media',
    rebox(pictures, 'moov/trak', (payload) =>
      Buffer.concat([payload, boxOf('edts', boxOf('elst', words(0, 1, 0, -500, 0x10000)))]),
    ),
    nothing,
  ),
  whole(
    'an edit behind all media',
    rebox(pictures, 'moov/trak', (payload) =>
      Buffer.concat([payload, boxOf('edts', boxOf('elst', words(0, 1, 0, 0x7fffffff, 0x10000)))]),
    ),
    nothing,
  ),
  whole(
    'an edit of two thousand years',
    rebox(pictures, 'moov/trak', (payload) =>
      Buffer.concat([
        payload,
        boxOf('edts', boxOf('elst', words(0, 2, 0xffffffff, -1, 0x10000, 0, 0, 0x10000))),
      ]),
    ),
    nothing,
  ),
  whole(
    '2^32 edits',
    rebox(pictures, 'moov/trak', (payload) =>
      Buffer.concat([payload, boxOf('edts', boxOf('elst', words(0, 0xffffffff, 0, 0, 0)))]),
    ),
    nothing,
  ),
  {
    name: 'a moof of 10^9 samples',
    source: bytesSource(Buffer.concat([fragmented, moofOf(words(0, 1_000_000_000))]), 'samples.mp4'),
    code: 'MP4_SAMPLES_MANY',
  },
  {
    name: 'a thousand moofs of 8 million samples of nothing',
    source: bytesSource(
      Buffer.concat([fragmented, ...Array.from({ length: 1000 }, () => moofOf(words(0, 2 ** 23)))]),
      'nothing.mp4',
    ),
    code: 'MP4_SAMPLES_MANY',
  },
  {
    name: 'fragments without end',
    source: endless(fragmented, moofOf(words(0, 1)), 'endless.mp4'),
    code: 'MP4_FRAGMENTS_MANY',
  },
  {
    name: 'small boxes without end',
    source: endless(ftyp, boxOf('free', Buffer.alloc(2000)), 'free.mp4'),
    code: 'MP4_BOXES_MANY',
  },
  {
    name: 'indexes without end',
    source: endless(
      fragmented,
      boxOf('sidx', Buffer.concat([words(0, 1, 1, 0, 0, 0xffff), Buffer.alloc(12 * 0xffff, 1)])),
      'indexes.mp4',
    ),
    code: 'MP4_FRAGMENTS_MANY',
  },
  whole(
    'an index that lies',
    Buffer.concat([fragmented, boxOf('sidx', words(0, 1, 1, 0, 0, 1, 0x7fffffff, 0, 0))]),
    'MP4_TRUNCATED',
  ),
]
