/**
 * Cues of what playlists say in words alone. Players and MPDs are told of breaks by sections, so one is written: the same
 * words at the same time make the same bytes.
 */
import { type SpliceInfoSection, writeSpliceInfoSection } from '../../formats/scte35/index.ts'
import { type Cue, type CueEvent, cueTimescale } from './cue.ts'
import { cueOf } from './read-cue.ts'

/** A way out, at ticks of a cue's clock. */
export interface MadeOut {
  readonly at: number
  /** When it was said, on the same clock. */
  readonly saidAt: number
  /** In ticks of 90 kHz. */
  readonly duration?: number | undefined
  /** The break ends by itself after its duration. */
  readonly returnsItself: boolean
  /** Its number. @default the second since 1970 it begins in */
  readonly id?: number
}

/** A splice_insert out of the network feed. */
export const madeOut = ({ at, saidAt, duration, returnsItself, id = secondOf(at) }: MadeOut): Cue =>
  splice({ at, saidAt, id, out: true, ...(isWritable(duration) && { duration, returnsItself }) })

/** The way back of the break that runs, as its kind needs it: what ends a segment has that segment's number and type. */
export function madeIn(
  { at, saidAt }: Pick<Cue, 'at' | 'saidAt'>,
  { id, segmentation }: Pick<CueEvent, 'id' | 'segmentation'>,
): Cue {
  if (!segmentation) return splice({ at, saidAt, id, out: false })
  const descriptor = {
    kind: 'segmentation',
    eventId: id,
    idComplianceIndicator: true,
    segment: {
      upid: { type: 0, bytes: new Uint8Array(0) },
      // The types of pairs: an even one for the start, the odd one behind it for the end.
      typeId: segmentation.typeId + 1,
      segmentNum: segmentation.num,
      segmentsExpected: segmentation.expected,
    },
  } as const
  const command = { kind: 'time-signal', time: { pts: at % ptsWrap } } as const
  return cueOf(written({ command, descriptors: [descriptor] }), at, saidAt)
}

const ptsWrap = 2 ** 33

/** Numbers of events have 32 bits, which seconds fill in 2106. */
const secondOf = (at: number): number => Math.floor(at / cueTimescale) % 2 ** 32

/** break_duration has 33 bits. */
const isWritable = (duration: number | undefined): duration is number =>
  duration !== undefined && duration > 0 && duration < 2 ** 33

interface MadeSplice extends Pick<Cue, 'at' | 'saidAt'> {
  readonly id: number
  readonly out: boolean
  readonly duration?: number
  readonly returnsItself?: boolean
}

function splice({ at, saidAt, id, out, duration, returnsItself = false }: MadeSplice): Cue {
  const command = {
    kind: 'insert',
    eventId: id,
    splice: {
      outOfNetwork: out,
      programSplice: true,
      immediate: false,
      idComplianceFlag: true,
      time: { pts: at % ptsWrap },
      ...(duration !== undefined && { breakDuration: { autoReturn: returnsItself, duration } }),
      uniqueProgramId: 0,
      availNum: 0,
      availsExpected: 0,
    },
  } as const
  return cueOf(written({ command, descriptors: [] }), at, saidAt)
}

type Clear = Extract<SpliceInfoSection['content'], { kind: 'clear' }>

const written = ({ command, descriptors }: Pick<Clear, 'command' | 'descriptors'>): Uint8Array =>
  writeSpliceInfoSection({
    sapType: 3,
    privateIndicator: false,
    protocolVersion: 0,
    encryptionAlgorithm: 0,
    ptsAdjustment: 0,
    cwIndex: 0,
    tier: 0xfff,
    content: { kind: 'clear', command, hasLegacyLength: false, descriptors, stuffing: new Uint8Array(0) },
  })
