/** Errors of ad markers: SCTE 35 in transport streams, manifests and on the command line. */
import type { ErrorArea } from './area.ts'

const mendEncoder = {
  advice:
    'Take the marker anew from where it was made; if it comes so from there, the encoder writes it wrongly.',
} as const
const mendValue = {
  advice: 'Mend the value that the message names: it says what the field may hold.',
} as const

export const markers = {
  SCTE35_COMMAND: {
    status: 400,
    meaning: 'The command of an ad marker does not hold the fields its type has.',
    ...mendEncoder,
  },
  SCTE35_CRC: {
    status: 400,
    meaning: 'The checksum of an ad marker is not that of its bytes.',
    advice: 'Take the marker anew from where it was made: it was damaged or edited on its way.',
  },
  SCTE35_JSON: {
    status: 400,
    meaning: 'The JSON of an ad marker lacks a field, or has one of another kind.',
    advice: 'Start from what `headend scte35 decode --json` prints, and change values in it.',
  },
  SCTE35_NOT_A_SECTION: {
    status: 400,
    meaning: 'The bytes are not one section of SCTE 35.',
    advice: 'Give one whole splice_info_section alone: base64 of it begins with /D, its hex with FC.',
  },
  SCTE35_TRUNCATED: {
    status: 400,
    meaning: 'An ad marker ends before what it says it holds.',
    advice: 'Give the whole section: compare its size with what the message expects.',
  },
  SCTE35_VALUE: {
    status: 400,
    meaning: 'A value of an ad marker to write does not fit into its field.',
    ...mendValue,
  },
  SCTE35_XML: {
    status: 400,
    meaning: 'The XML of an ad marker lacks a part, or has a value that is none.',
    ...mendValue,
  },
} as const satisfies ErrorArea
