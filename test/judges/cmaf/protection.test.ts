/** The judge of protected tracks: sound ones pass, and every rule has a broken one that it finds. */
import { describe, expect, it } from 'vitest'
import { counterRun, sharedBlocks } from '../media/counter-blocks.ts'
import { away, behind, boxOf, type Change, put, rebox } from '../media/rebox.ts'
import { type CmafRule, clauses } from './clauses.ts'
import { type CmafTrack, checkCmafTrack } from './rules.ts'
import { sealed, sealedAv1 } from './sealed-tracks.ts'
import { pictures } from './tracks.ts'

const stsd = 'moov/trak/mdia/minf/stbl/stsd'
const picture = { cenc: sealed('video', 'cenc'), cbcs: sealed('video', 'cbcs') }
const sound = { cenc: sealed('audio', 'cenc'), cbcs: sealed('audio', 'cbcs') }

const inInit = (track: CmafTrack, path: string, change: Change): CmafTrack => ({
  ...track,
  init: rebox(track.init, path, change),
})
const inSegment = (track: CmafTrack, path: string, change: Change): CmafTrack => ({
  ...track,
  segments: track.segments.map((segment, i, { length }) =>
    i === length - 1 ? rebox(segment, path, change) : segment,
  ),
})
/** The sample entry under another name. */
const renamed = (track: CmafTrack, from: string, to: string): CmafTrack =>
  inInit(track, stsd, (payload) => Buffer.from(payload.toString('latin1').replace(from, to), 'latin1'))
const info = (track: CmafTrack, box: string, change: Change): CmafTrack =>
  inInit(
    track,
    `${stsd}/${track === sound.cenc || track === sound.cbcs ? 'enca' : 'encv'}/sinf${box}`,
    change,
  )
const senc = (track: CmafTrack, change: Change): CmafTrack => inSegment(track, 'moof/traf/senc', change)
const saiz = (track: CmafTrack, change: Change): CmafTrack => inSegment(track, 'moof/traf/saiz', change)
const saio = (track: CmafTrack, change: Change): CmafTrack => inSegment(track, 'moof/traf/saio', change)

/** In `senc` of cenc pictures: the first entry is 16 bytes of IV, the count of pairs, and one pair. */
const firstPair = 8 + 16 + 2
/** Moves bytes from what is protected to what is clear, or back. */
const moved =
  (bytes: number): Change =>
  (payload) => {
    payload.writeUInt16BE(payload.readUInt16BE(firstPair) + bytes, firstPair)
    payload.writeUInt32BE(payload.readUInt32BE(firstPair + 2) - bytes, firstPair + 2)
    return payload
  }

const broken: readonly (readonly [rule: CmafRule, of: string, track: CmafTrack])[] = [
  ['protection.entry', 'encv without sinf', info(picture.cenc, '', away)],
  ['protection.entry', 'avc1 with sinf', renamed(picture.cenc, 'encv', 'avc1')],
  ['protection.entry', 'enca of pictures', renamed(picture.cenc, 'encv', 'enca')],
  ['protection.entry', 'no frma', info(picture.cenc, '/frma', away)],
  ['protection.entry', 'no schi', info(picture.cenc, '/schi', away)],
  ['protection.entry', 'no tenc', info(picture.cenc, '/schi/tenc', away)],
  ['protection.scheme', 'cens', info(picture.cenc, '/schm', put(4, 0x63656e73))],
  ['protection.scheme', 'another version', info(picture.cbcs, '/schm', put(8, 0x10001))],
  ['protection.tenc', 'version 0 of cbcs', info(picture.cbcs, '/schi/tenc', put(0, 0, 1))],
  ['protection.tenc', 'version 1 of cenc', info(picture.cenc, '/schi/tenc', put(0, 1, 1))],
  ['protection.tenc', 'samples that are clear', info(picture.cenc, '/schi/tenc', put(6, 0, 1))],
  ['protection.tenc', 'no KID', info(picture.cenc, '/schi/tenc', (payload) => payload.fill(0, 8, 24))],
  ['protection.pattern', 'five in ten', info(picture.cbcs, '/schi/tenc', put(5, 0x55, 1))],
  ['protection.pattern', 'no pattern in pictures', info(picture.cbcs, '/schi/tenc', put(5, 0, 1))],
  ['protection.pattern', 'a pattern in sound', info(sound.cbcs, '/schi/tenc', put(5, 0x19, 1))],
  ['protection.iv', 'IVs of 12 bytes', info(picture.cenc, '/schi/tenc', put(7, 12, 1))],
  ['protection.iv', 'a constant IV of 8 bytes', info(sound.cbcs, '/schi/tenc', put(24, 8, 1))],
  ['protection.iv', 'a constant IV beside those of samples', info(sound.cbcs, '/schi/tenc', put(7, 16, 1))],
  ['protection.iv', 'bytes behind its fields', info(picture.cenc, '/schi/tenc', behind(Buffer.alloc(1)))],
  ['protection.pssh', 'of another key', inInit(picture.cenc, 'moov/pssh', put(24, 0))],
  ['protection.pssh', 'of a version to come', inInit(picture.cenc, 'moov/pssh', put(0, 2, 1))],
  ['protection.pssh', 'longer than its data', inInit(picture.cenc, 'moov/pssh', behind(Buffer.alloc(2)))],
  [
    'protection.pssh',
    'beside what is clear',
    inInit(pictures, 'moov', behind(boxOf('pssh', Buffer.alloc(24)))),
  ],
  ['protection.senc', 'none, where each sample has an IV', senc(picture.cenc, away)],
  ['protection.senc', 'fewer samples', senc(picture.cenc, put(4, 3))],
  ['protection.senc', 'bytes behind the last sample', senc(picture.cenc, behind(Buffer.alloc(6)))],
  [
    'protection.senc',
    'entries of nothing, where one IV is for all',
    inSegment(sound.cbcs, 'moof/traf', (payload) =>
      Buffer.concat([
        payload,
        boxOf('saiz', Buffer.from('000000000000000003000000', 'hex')),
        boxOf('saio', Buffer.from('000000000000000100000000', 'hex')),
        boxOf('senc', Buffer.from('0000000000000003', 'hex')),
      ]),
    ),
  ],
  [
    'protection.senc',
    'beside clear samples',
    inSegment(pictures, 'moof/traf', behind(boxOf('senc', Buffer.alloc(8)))),
  ],
  ['protection.senc', 'without saiz', saiz(picture.cbcs, away)],
  ['protection.saiz', 'another size', saiz(picture.cenc, put(4, 23, 1))],
  ['protection.saiz', 'fewer samples', saiz(picture.cenc, put(5, 3))],
  [
    'protection.saio',
    'one byte off',
    saio(picture.cenc, (payload) => put(8, payload.readUInt32BE(8) + 1)(payload)),
  ],
  [
    'protection.saio',
    'counted from the segment',
    saio(picture.cenc, (payload) => put(8, payload.readUInt32BE(8) + 24)(payload)),
  ],
  ['protection.saio', 'two offsets', saio(picture.cenc, put(4, 2))],
  ['protection.subsamples', 'a byte missing', senc(picture.cenc, put(firstPair, 19, 2))],
  ['protection.blocks', 'a part of a block', senc(picture.cenc, moved(4))],
  ['protection.nal', 'a message protected', senc(picture.cenc, moved(-16))],
  ['protection.nal', 'a slice that is clear at its end', senc(picture.cenc, moved(-8))],
  ['protection.obu', 'a delimiter protected', senc(sealedAv1, ahead(-24))],
  ['protection.obu', 'a frame that is clear at its end', senc(sealedAv1, ahead(16))],
  ['protection.obu', 'a frame that reaches over its sample', inSegment(sealedAv1, 'mdat', put(3, 0x8906, 2))],
  [
    'protection.slices',
    'a tile in the clear',
    senc(sealedAv1, (payload) => {
      payload.writeUInt32BE(0, firstPair + 8)
      return put(firstPair + 6, 612, 2)(payload)
    }),
  ],
  ['protection.slices', 'a slice in the clear', senc(picture.cenc, moved(608))],
  ['protection.sound', 'subsamples', senc(sound.cenc, subsampled)],
  [
    'protection.counter',
    'one segment twice',
    { ...picture.cenc, segments: [0, 0].flatMap((i) => picture.cenc.segments[i] ?? []) },
  ],
  [
    'protection.counter',
    'an IV within the sample before',
    senc(picture.cenc, (payload) => {
      payload.copy(payload, 8 + 24, 8, 8 + 16)
      return put(8 + 24 + 12, payload.readUInt32BE(8 + 12) + 1)(payload)
    }),
  ],
]

/** Moves both tiles of the frame. */
function ahead(bytes: number): Change {
  return (payload) => put(firstPair, payload.readUInt16BE(firstPair) + bytes, 2)(payload)
}

/** Three whole samples of sound said to be one pair each. */
function subsampled(payload: Buffer): Buffer {
  const entries = [41, 52, 40].map((length, i) => {
    const pair = Buffer.from('00010000000000000000', 'hex').subarray(0, 8)
    pair.writeUInt32BE(length, 4)
    return Buffer.concat([payload.subarray(8 + 16 * i, 24 + 16 * i), pair])
  })
  const head = Buffer.from(payload.subarray(0, 8))
  head[3] = 2
  return Buffer.concat([head, ...entries])
}

describe('the judge of protected CMAF', () => {
  it.each(['cenc', 'cbcs'] as const)('finds nothing in pictures and sound under %s', (scheme) => {
    expect(checkCmafTrack(picture[scheme])).toEqual([])
    expect(checkCmafTrack(sound[scheme])).toEqual([])
    expect(checkCmafTrack(sealedAv1)).toEqual([])
  })

  it.each(broken)('finds %s: %s', (rule, _of, track) => {
    expect(checkCmafTrack(track).map((one) => one.rule)).toContain(rule)
  })

  it('finds another key or scheme than manifests say', () => {
    const { facts } = picture.cenc
    const said = { scheme: 'cbcs', kid: facts?.key?.kid ?? '' }
    for (const key of [said, { scheme: 'cenc', kid: 'ff'.repeat(16) }, null])
      expect(checkCmafTrack({ ...picture.cenc, facts: { ...facts, key } })).toEqual([
        expect.objectContaining({ rule: 'facts.key' }),
      ])
  })

  it('has a broken track for every rule', () => {
    const shown = new Set<string>(broken.map(([rule]) => rule))
    const own = Object.keys(clauses).filter((rule) => rule.startsWith('protection.'))
    expect(own.filter((rule) => !shown.has(rule))).toEqual([])
  })
})

describe('counter blocks', () => {
  const run = (text: string, bytes: number, of = text) => counterRun(Buffer.from(text, 'hex'), bytes, of)

  it('are counted in whole blocks, from the lower half of the IV', () => {
    const ivs = ['00'.repeat(16), `${'00'.repeat(15)}02`, `${'00'.repeat(7)}01${'00'.repeat(8)}`]
    expect(sharedBlocks(ivs.map((iv) => run(iv, 32)))).toBeUndefined()
    expect(sharedBlocks(ivs.map((iv) => run(iv, 33)))?.map(({ of }) => of)).toEqual(ivs.slice(0, 2))
  })

  it('are shared where a long run reaches over a short one', () => {
    const [long, short, last] = [
      run('00'.repeat(16), 160),
      run(`${'00'.repeat(15)}02`, 16),
      run(`${'00'.repeat(15)}05`, 16),
    ]
    expect(sharedBlocks([long, last])).toBeDefined()
    expect(sharedBlocks([last, short])).toBeUndefined()
    expect(sharedBlocks([short, last, long])).toBeDefined()
  })

  it('begin at nought behind an IV of 8 bytes, and do not wrap', () => {
    expect(run('01'.repeat(8), 16)).toMatchObject({ nonce: '01'.repeat(8), from: 0n, to: 1n })
    expect(sharedBlocks([run('ff'.repeat(16), 32)])).toBeDefined()
  })
})
