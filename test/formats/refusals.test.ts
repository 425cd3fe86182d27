/** What formats refuse, by the codes that no test of one format alone provokes. */
import { describe, expect, it } from 'vitest'
import { type ErrorCode, HeadendError } from '../../lib/errors.ts'
import { referenceAt } from '../../lib/formats/av1/references.ts'
import { avcSliceHeaderBytes } from '../../lib/formats/avc/slice-header.ts'
import { avcSubsamples, hevcSubsamples } from '../../lib/formats/cenc/nal-subsamples.ts'
import { readSpc } from '../../lib/formats/fairplay/spc.ts'
import { hevcSliceHeaderBytes } from '../../lib/formats/hevc/slice-header.ts'
import { bare } from '../../lib/formats/hls/print-attributes.ts'
import { readAvcc } from '../../lib/formats/isobmff/avcc.ts'
import { readDfla } from '../../lib/formats/isobmff/dfla.ts'
import { readElst } from '../../lib/formats/isobmff/elst.ts'
import { readEsds } from '../../lib/formats/isobmff/esds.ts'
import { fragmentSamples } from '../../lib/formats/isobmff/fragment-samples.ts'
import { readHvcc } from '../../lib/formats/isobmff/hvcc.ts'
import { addDescription, type DescriptionRun } from '../../lib/formats/isobmff/sample-table.ts'
import { auxiliarySizes } from '../../lib/formats/isobmff/senc.ts'
import { readStsc } from '../../lib/formats/isobmff/stsc.ts'
import { readStz2 } from '../../lib/formats/isobmff/stz2.ts'
import { readPlayReadyChallenge } from '../../lib/formats/playready/challenge.ts'
import { widevinePssh } from '../../lib/formats/pssh/index.ts'
import { guidKid } from '../../lib/formats/pssh/wrm-header.ts'
import { hexBytes } from '../../lib/formats/uuid.ts'
import { readWidevineChallenge } from '../../lib/formats/widevine/challenge.ts'
import { decodeXml } from '../../lib/formats/xml/decode.ts'
import { readXml } from '../../lib/formats/xml/read.ts'
import { boxOf } from './isobmff/one-box.ts'

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
const text = (said: string) => Uint8Array.from(Buffer.from(said))
const track = { lengthBytes: 4, sets: [] }
const tfhd = { trackId: 7, baseIsMoof: true } as never

const refused: readonly (readonly [ErrorCode, string, () => unknown])[] = [
  ['AV1_REFERENCE', 'a frame that was never kept', () => referenceAt([], 3)],
  [
    'AVC_PARAMETER_SET',
    'a slice of H.264 before its parameter set',
    // first_mb_in_slice 0, slice_type I, pic_parameter_set_id 0.
    () => avcSliceHeaderBytes(bytes('65 b8 00 00'), { sps: new Map(), pps: new Map() }),
  ],
  ['AVC_PARTITIONS', 'data partition A', () => avcSubsamples('cenc', track)(bytes('00000002 42 00'))],
  [
    'CENC_SUBSAMPLES',
    'forty protected pieces beside an IV',
    () =>
      auxiliarySizes(
        { ivs: new Uint8Array(16), subsamples: [Uint32Array.from({ length: 80 }, () => 1) as never] },
        1,
      ),
  ],
  ['FAIRPLAY_SPC', 'an SPC of version 4', () => readSpc(bytes(`00000004${'00'.repeat(300)}`))],
  ['FLAC_VERSION', 'dfLa of version 1', () => readDfla(boxOf('00000010 64664c61 01000000 00000000'))],
  ['HEVC_LAYERS', 'a slice of layer 1', () => hevcSubsamples('cenc', track)(bytes('00000003 02 09 80'))],
  [
    'HEVC_PARAMETER_SET',
    'a slice of H.265 before its parameter set',
    // first_slice_segment_in_pic_flag, no_output_of_prior_pics_flag, slice_pic_parameter_set_id 0.
    () => hevcSliceHeaderBytes(bytes('26 01 a0 00'), { sps: new Map(), pps: new Map() }),
  ],
  ['HEX_TEXT', 'half a byte', () => hexBytes('abc', 'key')],
  ['HLS_ATTRIBUTE_BARE', 'a comma without quotes', () => bare('METHOD', 'NONE,AES-128')],
  ['MP4_AVC_VERSION', 'avcC of version 2', () => readAvcc(boxOf('0000000c 61766343 02640028'))],
  [
    'MP4_CHUNK_ORDER',
    'chunks that go back',
    () =>
      readStsc(
        boxOf('00000028 73747363 00000000 00000002 00000001 00000001 00000001 00000001 00000001 00000001'),
      ),
  ],
  [
    'MP4_DESCRIPTIONS_MANY',
    'a description that changes with every sample',
    () => {
      const runs: DescriptionRun[] = []
      for (let from = 0; from <= 1000; from++) addDescription(runs, { from, description: 1 + (from % 2) })
    },
  ],
  [
    'MP4_DESCRIPTOR_TAG',
    'an esds that begins with a decoder’s configuration',
    () => readEsds(boxOf('00000011 65736473 00000000 05 02 0000 00')),
  ],
  [
    'MP4_EDITS_MANY',
    '65,537 edits',
    () => readElst(boxOf(`000c001c 656c7374 00000000 00010001 ${'00'.repeat(65_537 * 12)}`)),
  ],
  [
    'MP4_FIELD_SIZE',
    'sizes of 5 bits',
    () => readStz2(boxOf('00000014 73747a32 00000000 00000005 00000000')),
  ],
  ['MP4_HEVC_VERSION', 'hvcC of version 2', () => readHvcc(boxOf('0000000c 68766343 02010000'))],
  [
    'MP4_TRACK_UNKNOWN',
    'a fragment of a track the film has not',
    () => fragmentSamples({ at: 0, sequence: 1, tracks: [{ header: tfhd, runs: [] }] }, []),
  ],
  ['NAL_LENGTH', 'a unit longer than its sample', () => avcSubsamples('cenc', track)(bytes('00000009 65'))],
  ['PLAYREADY_CHALLENGE', 'no envelope', () => readPlayReadyChallenge(text('<AcquireLicense/>'))],
  ['PLAYREADY_KID', 'a kid of 15 bytes', () => guidKid(new Uint8Array(15))],
  [
    'WIDEVINE_CHALLENGE',
    'a signed message without a request',
    // type LICENSE_REQUEST, and nothing else.
    () => readWidevineChallenge(bytes('0801')),
  ],
  ['WIDEVINE_NUMBER', 'half a crypto period', () => widevinePssh({ kids: [], cryptoPeriodIndex: 0.5 })],
  ['WIDEVINE_SCHEME', 'a scheme of three letters', () => widevinePssh({ kids: [], protectionScheme: 'cbc' })],
  ['XML_DECLARATION', 'XML 1.1', () => decodeXml(text('<?xml version="1.1"?><a/>'))],
  [
    'XML_ENCODING',
    'Latin-1 that says so',
    () => decodeXml(text('<?xml version="1.0" encoding="latin1"?><a/>')),
  ],
  ['XML_ENCODING', 'bytes that are no UTF-8', () => decodeXml(bytes('3c ff 2f 3e'))],
  ['XML_SIZE', 'more than is read', () => readXml(' '.repeat(64 * 1024 * 1024 + 1))],
]

describe('is refused', () => {
  it.each(refused)('%s: %s', (code, _, read) => {
    let thrown: unknown
    try {
      read()
    } catch (error) {
      thrown = error
    }
    if (!(thrown instanceof HeadendError)) expect.fail(`expected ${code}, got ${String(thrown)}`)
    expect([thrown.code, thrown.status]).toEqual([code, 400])
  })
})
