/** The judge itself: sound tracks pass, and every rule has a broken track that it finds. */
import { describe, expect, it } from 'vitest'
import { away, behind, boxOf, type Change, put, rebox } from '../media/rebox.ts'
import { type CmafRule, clauses } from './clauses.ts'
import { type CmafTrack, checkCmafTrack, type TrackFacts } from './rules.ts'
import { checkSwitchingSet } from './switching-rules.ts'
import { pictures, segmentOf, sound, text, unit } from './tracks.ts'

const inInit = (track: CmafTrack, path: string, change: Change): CmafTrack => ({
  ...track,
  init: rebox(track.init, path, change),
})
const inSegment = (track: CmafTrack, path: string, change: Change, index = 1): CmafTrack => ({
  ...track,
  segments: track.segments.map((segment, i) => (i === index ? rebox(segment, path, change) : segment)),
})
const withFacts = (track: CmafTrack, facts: TrackFacts): CmafTrack => ({
  ...track,
  facts: { ...track.facts, ...facts },
})
const instead = (track: CmafTrack, segment: Uint8Array): CmafTrack => ({
  ...track,
  segments: [...track.segments.slice(0, -1), segment],
})

const stbl = 'moov/trak/mdia/minf/stbl'
const entry = (type: string) => `${stbl}/stsd/${type}`
const avcC = `${entry('avc1')}/avcC`
const empty = Buffer.alloc(0)
const word = (value: string): Change => put(0, Buffer.from(value, 'latin1').readUInt32BE())
const told = { sequence: 2, decodeTime: 160, durations: Uint32Array.of(40, 40) }
/** Like the second segment of the pictures, with other samples. */
const shows = (...samples: readonly Uint8Array[]) =>
  segmentOf(1, samples, { ...told, sync: Uint8Array.of(1, 0) })
const [idr, other] = [unit(0x65, 0x88), unit(0x41, 0x9a)]

/** `wvtt` under the name of TTML, whose words are missing then. */
const stpp = rebox(text.init, `${stbl}/stsd`, (payload) =>
  Buffer.from(payload.toString('latin1').replace('wvtt', 'stpp'), 'latin1'),
)

/** A group of sound that takes no run-up. */
const roll = Buffer.from(`01000000${Buffer.from('roll').toString('hex')}00000002000000010000`, 'hex')

const broken: readonly (readonly [rule: CmafRule, of: string, track: CmafTrack])[] = [
  [
    'box.tree',
    'bytes behind the last box',
    { ...pictures, init: Buffer.concat([pictures.init, Buffer.alloc(3)]) },
  ],
  ['box.tree', 'a box that reaches over the end', { ...pictures, init: pictures.init.slice(0, -1) }],
  ['box.tree', 'fields cut off', inSegment(pictures, 'moof/traf/tfdt', (payload) => payload.subarray(0, 6))],
  [
    'init.order',
    'a box between',
    { ...pictures, init: Buffer.concat([pictures.init, boxOf('free', empty)]) },
  ],
  ['init.movie', 'no mvex', inInit(pictures, 'moov/mvex', away)],
  ['init.movie', 'a box nobody asked for', inInit(pictures, 'moov', behind(boxOf('iods', empty)))],
  ['init.movie', 'no media header', inInit(pictures, 'moov/trak/mdia/mdhd', away)],
  ['init.mvhd', 'a duration', inInit(pictures, 'moov/mvhd', put(16, 1))],
  ['init.mvhd', 'a rate', inInit(pictures, 'moov/mvhd', put(20, 0x20000))],
  ['init.mvhd', 'a next_track_ID in use', inInit(pictures, 'moov/mvhd', put(96, 1))],
  ['init.tkhd-duration', 'a duration', inInit(pictures, 'moov/trak/tkhd', put(20, 1))],
  ['init.tkhd', 'not enabled', inInit(pictures, 'moov/trak/tkhd', put(3, 0, 1))],
  ['init.tkhd', 'pictures with a volume', inInit(pictures, 'moov/trak/tkhd', put(36, 0x100, 2))],
  ['init.tkhd', 'pictures of no width', inInit(pictures, 'moov/trak/tkhd', put(76, 0))],
  ['init.tkhd', 'a layer', inInit(pictures, 'moov/trak/tkhd', put(32, 1, 2))],
  ['init.tkhd', 'sound that is turned', inInit(sound, 'moov/trak/tkhd', put(40, 0))],
  ['init.mdhd', 'no timescale', inInit(pictures, 'moov/trak/mdia/mdhd', put(12, 0))],
  ['init.mdhd', 'a duration', inInit(pictures, 'moov/trak/mdia/mdhd', put(16, 1))],
  ['init.mdhd', 'a language of Macintosh', inInit(pictures, 'moov/trak/mdia/mdhd', put(20, 7, 2))],
  [
    'init.elng',
    'no zero at its end',
    inInit(sound, 'moov/trak/mdia/elng', (payload) => payload.subarray(0, -1)),
  ],
  [
    'init.elng',
    'another language',
    inInit(sound, 'moov/trak/mdia/elng', () => Buffer.from('\0\0\0\0fr\0', 'latin1')),
  ],
  [
    'init.hdlr',
    'no zero behind the name',
    inInit(pictures, 'moov/trak/mdia/hdlr', (payload) => payload.subarray(0, -1)),
  ],
  ['init.hdlr', 'a Pascal string', inInit(pictures, 'moov/trak/mdia/hdlr', put(4, 0x6d686c72))],
  ['init.hdlr', 'a handler of hints', inInit(pictures, 'moov/trak/mdia/hdlr', put(8, 0x68696e74))],
  ['init.media-header', 'none', inInit(pictures, 'moov/trak/mdia/minf/vmhd', away)],
  ['init.media-header', 'vmhd without its flag', inInit(pictures, 'moov/trak/mdia/minf/vmhd', put(0, 0))],
  ['init.dref', 'another file', inInit(pictures, 'moov/trak/mdia/minf/dinf/dref/url ', put(0, 0))],
  [
    'init.tables',
    'a table with entries',
    inInit(pictures, `${stbl}/stts`, (payload) =>
      Buffer.concat([put(4, 1)(payload) ?? empty, Buffer.alloc(8)]),
    ),
  ],
  ['init.tables', 'a table missing', inInit(pictures, `${stbl}/stco`, away)],
  ['init.tables', 'sync samples', inInit(pictures, stbl, behind(boxOf('stss', Buffer.alloc(8))))],
  ['init.stsd', 'another data reference', inInit(pictures, entry('avc1'), put(6, 2, 2))],
  ['init.trex', 'of another track', inInit(pictures, 'moov/mvex/trex', put(4, 9))],
  ['init.trex', 'without a description', inInit(pictures, 'moov/mvex/trex', put(8, 0))],
  ['init.trex', 'mehd of nothing', inInit(pictures, 'moov/mvex', behind(boxOf('mehd', Buffer.alloc(8))))],
  [
    'init.edit-video',
    'pictures with an edit',
    inInit(
      pictures,
      'moov/trak',
      behind(boxOf('edts', boxOf('elst', Buffer.from('0000000000000001000000000000002800010000', 'hex')))),
    ),
  ],
  ['init.edit', 'an edit with an end', inInit(sound, 'moov/trak/edts/elst', put(12, 5))],
  ['init.edit', 'an edit of nothing', inInit(sound, 'moov/trak/edts/elst', put(20, 0))],
  ['init.edit', 'an edit in cmf2', inInit(sound, 'ftyp', behind(Buffer.from('cmf2')))],
  [
    'brand.structural',
    'no cmfc',
    inInit(sound, 'ftyp', (payload) =>
      Buffer.from(payload.toString('latin1').replaceAll('cmfc', 'isom'), 'latin1'),
    ),
  ],
  ['brand.structural', 'a major brand it is not compatible with', inInit(pictures, 'ftyp', word('mp42'))],
  ['brand.profile', 'a profile of another codec', inInit(sound, 'ftyp', behind(Buffer.from('cfhd')))],
  ['brand.profile', 'none of the profiles', inInit(sound, 'ftyp', (payload) => payload.subarray(0, -4))],
  ['brand.profile', 'SD for 720 lines', inInit(pictures, 'ftyp', behind(Buffer.from('cfsd')))],
  [
    'segment.order',
    'trailing bytes',
    instead(pictures, Buffer.concat([pictures.segments[1] ?? empty, boxOf('free', empty)])),
  ],
  ['segment.order', 'no styp', inSegment(pictures, 'styp', away)],
  [
    'segment.styp',
    'no msdh',
    inSegment(pictures, 'styp', (payload) =>
      Buffer.from(payload.toString('latin1').replaceAll('msdh', 'iso6'), 'latin1'),
    ),
  ],
  ['fragment.mfhd', 'the same number again', inSegment(pictures, 'moof/mfhd', put(4, 1))],
  [
    'fragment.traf',
    'two tracks',
    inSegment(pictures, 'moof', (payload) => Buffer.concat([payload, payload.subarray(16)])),
  ],
  ['fragment.traf', 'no tfdt', inSegment(pictures, 'moof/traf/tfdt', away)],
  ['fragment.tfhd', 'another track', inSegment(pictures, 'moof/traf/tfhd', put(4, 7))],
  ['fragment.tfhd', 'offsets from nowhere', inSegment(pictures, 'moof/traf/tfhd', put(1, 0, 1))],
  [
    'fragment.defaults',
    'no description',
    inSegment(pictures, 'moof/traf/tfhd', (payload) =>
      put(
        3,
        payload[3] ? payload[3] & ~2 : 0,
        1,
      )(Buffer.concat([payload.subarray(0, 8), payload.subarray(12)])),
    ),
  ],
  ['fragment.tfdt', 'a gap', inSegment(pictures, 'moof/traf/tfdt', put(8, 200))],
  ['fragment.tfdt', 'version 0', inSegment(pictures, 'moof/traf/tfdt', (payload) => put(0, 0, 1)(payload))],
  ['fragment.trun', 'version 0', inSegment(pictures, 'moof/traf/trun', put(0, 0, 1))],
  ['fragment.trun', 'more than its samples', inSegment(pictures, 'moof/traf/trun', behind(Buffer.alloc(8)))],
  [
    'fragment.ept',
    'pictures shown late',
    instead(
      pictures,
      segmentOf(1, [idr, other], {
        ...told,
        compositionOffsets: Int32Array.of(40, 40),
        sync: Uint8Array.of(1, 0),
      }),
    ),
  ],
  [
    'fragment.data',
    'an offset one off',
    inSegment(pictures, 'moof/traf/trun', (payload) => put(8, payload.readUInt32BE(8) + 1)(payload)),
  ],
  ['fragment.data', 'bytes nobody needs', inSegment(pictures, 'mdat', behind(Buffer.alloc(4)))],
  [
    'fragment.sync',
    'no sync sample first',
    instead(pictures, segmentOf(1, [other, idr], { ...told, sync: Uint8Array.of(0, 1) })),
  ],
  [
    'fragment.sync',
    'a sync sample that depends on others',
    inSegment(pictures, 'moof/traf/trun', put(12, 0x1000000)),
  ],
  ['sample.sync', 'a sync sample that is none', instead(pictures, shows(other, other))],
  ['sample.sync', 'an IDR picture that is not said', instead(pictures, shows(idr, idr))],
  [
    'sample.nal',
    'a unit that reaches over its sample',
    instead(pictures, shows(idr, Buffer.from([0, 0, 0, 9, 0x41]))),
  ],
  [
    'sample.parameter-sets',
    'an SPS',
    instead(pictures, shows(Buffer.concat([unit(0x67, 0x64), idr]), other)),
  ],
  ['video.entry', 'no size', inInit(pictures, entry('avc1'), put(24, 0, 2))],
  ['video.entry', 'a resolution', inInit(pictures, entry('avc1'), put(28, 0))],
  ['video.configuration', 'none', inInit(pictures, avcC, away)],
  [
    'sample.parameter-sets',
    'no parameter sets',
    inInit(pictures, avcC, () => Buffer.from('0164001fffe000', 'hex')),
  ],
  ['video.configuration', 'another level than the SPS', inInit(pictures, avcC, put(3, 0x28, 1))],
  ['video.colr', 'colours of QuickTime', inInit(pictures, `${entry('avc1')}/colr`, word('nclc'))],
  ['video.pasp', 'no height', inInit(pictures, `${entry('avc1')}/pasp`, put(4, 0))],
  ['audio.entry', 'a version of QuickTime', inInit(sound, entry('mp4a'), put(8, 1, 2))],
  ['audio.entry', 'another rate', inInit(sound, entry('mp4a'), put(24, 44_100 * 65536))],
  ['audio.configuration', 'none', inInit(sound, `${entry('mp4a')}/esds`, away)],
  [
    'audio.configuration',
    'AAC without its own',
    inInit(sound, `${entry('mp4a')}/esds`, () =>
      Buffer.from('000000000315000000040d40150000000000000000000000060102', 'hex'),
    ),
  ],
  [
    'audio.samples',
    'a frame heard later',
    instead(
      sound,
      segmentOf(2, [Buffer.alloc(5)], {
        ...told,
        decodeTime: 3072,
        durations: Uint32Array.of(1024),
        compositionOffsets: Int32Array.of(9),
      }),
    ),
  ],
  [
    'audio.samples',
    'an empty frame',
    instead(sound, segmentOf(2, [empty], { ...told, decodeTime: 3072, durations: Uint32Array.of(1024) })),
  ],
  ['text.entry', 'no vttC', inInit(text, `${entry('wvtt')}/vttC`, away)],
  ['text.entry', 'TTML without its namespace', { ...text, init: stpp }],
  [
    'text.samples',
    'text without boxes',
    instead(
      text,
      segmentOf(3, [Buffer.from('Hello, hello')], {
        ...told,
        durations: Uint32Array.of(1500),
        decodeTime: 0,
      }),
    ),
  ],
  [
    'text.samples',
    'nothing and a cue',
    instead(
      text,
      segmentOf(3, [Buffer.concat([boxOf('vtte', empty), boxOf('vttc', empty)])], {
        ...told,
        durations: Uint32Array.of(1500),
        decodeTime: 0,
      }),
    ),
  ],
  ['entry.btrt', 'a mean above the peak', inInit(pictures, `${entry('avc1')}/btrt`, put(4, 5))],
  ['entry.group', 'a roll of nothing', inInit(sound, stbl, behind(boxOf('sgpd', roll)))],
  ['facts.codec', 'another level', withFacts(pictures, { codec: 'avc1.640028' })],
  ['facts.entry', 'another size', withFacts(pictures, { width: 1920 })],
  ['facts.entry', 'another timescale', withFacts(pictures, { timescale: 90_000 })],
  ['facts.entry', 'another rate', withFacts(sound, { sampleRate: 44_100 })],
  ['facts.language', 'another language', withFacts(sound, { language: 'en' })],
  [
    'facts.key',
    'a key of what is clear',
    withFacts(pictures, { key: { scheme: 'cenc', kid: 'ab'.repeat(16) } }),
  ],
  [
    'facts.bytes',
    'another length',
    withFacts(pictures, {
      segments: [
        { start: 0, duration: 160, bytes: 1 },
        { start: 160, duration: 160 },
      ],
    }),
  ],
  [
    'facts.bytes',
    'a segment too many',
    withFacts(pictures, { segments: [0, 160, 320].map((start) => ({ start, duration: 160 })) }),
  ],
  [
    'facts.time',
    'a segment said to start later',
    withFacts(pictures, {
      segments: [
        { start: 0, duration: 200 },
        { start: 200, duration: 120 },
      ],
    }),
  ],
  [
    'facts.time',
    'a gap',
    withFacts(pictures, {
      segments: [
        { start: 0, duration: 100 },
        { start: 160, duration: 160 },
      ],
    }),
  ],
  [
    'facts.time',
    'an end that is never reached',
    withFacts(pictures, {
      segments: [
        { start: 0, duration: 160 },
        { start: 160, duration: 999 },
      ],
    }),
  ],
]

const switching: readonly (readonly [rule: CmafRule, of: string, track: CmafTrack])[] = [
  ['switch.entry', 'another timescale', inInit(pictures, 'moov/trak/mdia/mdhd', put(12, 2000))],
  ['switch.entry', 'another kind of media', sound],
  ['switch.fragments', 'one segment less', { ...pictures, segments: pictures.segments.slice(0, 1) }],
  [
    'switch.fragments',
    'another cut',
    instead(pictures, segmentOf(1, [idr, other], { ...told, decodeTime: 200, sync: Uint8Array.of(1, 0) })),
  ],
  ['switch.edit', 'sound that starts elsewhere', inInit(sound, 'moov/trak/edts/elst', put(20, 512))],
]

describe('the judge of CMAF', () => {
  it.each(Object.entries({ pictures, sound, text }))('finds nothing in %s', (_name, track) => {
    expect(checkCmafTrack(track)).toEqual([])
    expect(checkSwitchingSet([track, track])).toEqual([])
  })

  it.each(broken)('finds %s: %s', (rule, _of, track) => {
    expect(checkCmafTrack(track).map((one) => one.rule)).toContain(rule)
  })

  it.each(switching)('finds %s between tracks: %s', (rule, of, track) => {
    const first = of.startsWith('sound') ? sound : pictures
    expect(checkSwitchingSet([first, track]).map((one) => one.rule)).toContain(rule)
  })

  it('has a broken track for every rule', () => {
    const shown = new Set([...broken, ...switching].map(([rule]) => rule))
    // Those of protection have a test of their own beside this one.
    const own = Object.keys(clauses).filter((rule) => !rule.startsWith('protection.'))
    expect(own.filter((rule) => !shown.has(rule as CmafRule))).toEqual([])
  })
})
