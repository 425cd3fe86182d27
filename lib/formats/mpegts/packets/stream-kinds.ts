/** What a stream holds, by its stream_type and descriptors (ISO/IEC 13818-1 table 2-34, ETSI EN 300 468, ATSC A/53). */
import { type Descriptor, formatIdentifiers, languageOf, tags } from './descriptors.ts'
import type { Stream } from './events.ts'

type Known = Pick<Stream, 'kind' | 'name' | 'shows'>

const skipped = (name: string): Known => ({ kind: 'skipped', name })
const video = (name: string): Known => ({ kind: 'skipped', name, shows: 'video' })
const audio = (name: string): Known => ({ kind: 'skipped', name, shows: 'audio' })
const ac3: Known = { kind: 'ac-3', name: 'AC-3' }
const eac3: Known = { kind: 'ac-3', name: 'E-AC-3' }
const aac: Known = { kind: 'aac', name: 'AAC' }
const id3: Known = { kind: 'id3', name: 'timed ID3' }

const byType: ReadonlyMap<number, Known> = new Map<number, Known>([
  [0x01, video('MPEG-1 video')],
  [0x02, video('MPEG-2 video')],
  [0x03, { kind: 'mpeg-audio', name: 'MPEG-1 audio' }],
  [0x04, { kind: 'mpeg-audio', name: 'MPEG-2 audio' }],
  [0x05, { kind: 'section', name: 'private sections' }],
  [0x0f, aac],
  [0x10, video('MPEG-4 video')],
  [0x11, { kind: 'latm', name: 'AAC in LATM' }],
  [0x1b, { kind: 'avc', name: 'H.264' }],
  [0x1c, audio('MPEG-4 audio without a transport syntax')],
  [0x1f, skipped('H.264 scalable layer')],
  [0x20, skipped('H.264 second view')],
  [0x21, video('JPEG 2000')],
  [0x24, { kind: 'hevc', name: 'H.265' }],
  [0x25, skipped('H.265 temporal layer')],
  [0x2d, audio('MPEG-H audio')],
  [0x33, video('H.266')],
  [0x42, video('AVS video')],
  [0x80, audio('LPCM')],
  [0x81, ac3],
  [0x82, skipped('DTS or subtitles')],
  [0x83, audio('TrueHD')],
  [0x84, eac3],
  [0x85, audio('DTS-HD')],
  [0x86, { kind: 'scte-35', name: 'SCTE 35' }],
  [0x87, eac3],
  // HTTP Live Streaming's SAMPLE-AES: the samples are encrypted in their packets.
  [0xc1, audio('AC-3 encrypted with SAMPLE-AES')],
  [0xc2, audio('E-AC-3 encrypted with SAMPLE-AES')],
  [0xcf, audio('AAC encrypted with SAMPLE-AES')],
  [0xdb, video('H.264 encrypted with SAMPLE-AES')],
  [0xea, video('VC-1')],
])

/** Format identifiers of registration descriptors, for types that anybody may use. */
const byIdentifier: ReadonlyMap<string, Known> = new Map<string, Known>([
  ['AC-3', ac3],
  ['EAC3', eac3],
  ['AC-4', audio('AC-4')],
  ['BSSD', audio('SMPTE 302M audio')],
  ['DTS1', audio('DTS')],
  ['DTS2', audio('DTS')],
  ['DTS3', audio('DTS')],
  ['HEVC', { kind: 'hevc', name: 'H.265' }],
  ['ID3 ', id3],
  ['KLVA', skipped('KLV metadata')],
  ['Opus', audio('Opus')],
  ['VC-1', video('VC-1')],
  ['AV01', video('AV1')],
])

/** Descriptors of DVB that say what a private stream is. */
const byDescriptor: ReadonlyMap<number, Known> = new Map<number, Known>([
  [tags.teletext, skipped('teletext')],
  [tags.subtitling, skipped('DVB subtitles')],
  [tags.ac3, ac3],
  [tags.enhancedAc3, eac3],
  [tags.dts, audio('DTS')],
  [tags.aac, aac],
  [tags.extension, skipped('a stream with an extension descriptor')],
])

const privatePes = 0x06
const metadataPes = 0x15
/** Blu-ray: its types from 0x80 on differ from ATSC's. */
const bluRay = 'HDMV'
const bluRayOthers: ReadonlyMap<number, Known> = new Map([
  [0x82, audio('DTS')],
  [0x86, audio('DTS-HD')],
  [0x90, skipped('graphics of Blu-ray')],
])

/** A row of a programme map with its descriptors. */
export function streamOf(
  pid: number,
  type: number,
  {
    descriptors,
    programIdentifiers,
  }: { readonly descriptors: readonly Descriptor[]; readonly programIdentifiers: readonly string[] },
): Stream {
  const spoken = descriptors.find(({ tag, body }) => tag === tags.language && body.length >= 4)?.body
  const language = spoken && languageOf(spoken)
  const audioType = spoken?.[3] ?? 0
  return {
    pid,
    type,
    ...knownOf(type, descriptors, programIdentifiers),
    ...(language !== undefined && { language }),
    ...(audioType > 0 && { audioType }),
  }
}

function knownOf(type: number, descriptors: readonly Descriptor[], ofProgram: readonly string[]): Known {
  const other = ofProgram.includes(bluRay) ? bluRayOthers.get(type) : undefined
  const known = other ?? byType.get(type)
  if (known) return known
  if (type === metadataPes) return hasId3(descriptors) ? id3 : skipped('metadata')
  const unnamed = skipped(`stream type 0x${type.toString(16).padStart(2, '0')}`)
  if (type !== privatePes && type < 0x80) return unnamed
  for (const identifier of formatIdentifiers(descriptors)) {
    const found = byIdentifier.get(identifier)
    if (found) return found
  }
  for (const { tag } of descriptors) {
    const found = byDescriptor.get(tag)
    if (found) return found
  }
  return unnamed
}

/** metadata_format_identifier of the metadata descriptor (2.6.60), behind its application's format. */
function hasId3(descriptors: readonly Descriptor[]): boolean {
  return descriptors.some(({ tag, body }) => {
    if (tag !== tags.metadata) return false
    const at = body[0] === 0xff && body[1] === 0xff ? 6 : 2
    return body[at] === 0xff && String.fromCharCode(...body.subarray(at + 1, at + 5)) === 'ID3 '
  })
}
