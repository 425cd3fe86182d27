/** The common interface of codecs: a new codec is a new file and one line in `codecs.ts`. */
import type { PictureKind, PictureStart } from '../picture-kind.ts'
import type { Box } from './box.ts'
import type { Colour } from './colr.ts'

/** Reads the sample entries of a codec; throws HeadendError if the configuration is invalid. */
export type CodecReader = (entry: Box) => Codec

/** A codec configuration for manifests and init segments. */
export type Codec = VideoCodec | AudioCodec

interface CodecFacts {
  /** RFC 6381. */
  readonly name: string
  /** The sample entry in CMAF form, with its header. */
  readonly sampleEntry: Uint8Array
  /** The data reference of the samples, an index into `dref` from 1. */
  readonly dataReference: number
  /** The CMAF media profile of these samples at a number of frames a second. */
  readonly brand: (frameRate: number) => string | undefined
}

/** The NAL unit format of samples. */
export interface NalUnits {
  readonly kind: 'avc' | 'hevc'
  /** Bytes of the length in front of each. */
  readonly lengthBytes: number
}

/** A video configuration. */
export interface VideoCodec extends CodecFacts {
  readonly type: 'video'
  readonly width: number
  readonly height: number
  /** Absent if square. */
  readonly pixelAspect?: readonly [number, number]
  readonly range: 'SDR' | 'HLG' | 'PQ'
  /** From `colr`, else from the bitstream; absent if neither states it. */
  readonly colour?: Colour
  /** Pictures may be coded as fields. */
  readonly interlaced?: true
  /** Absent if samples do not consist of NAL units. */
  readonly nalUnits?: NalUnits
  /** Classifies a picture by its first bytes; absent if that is not supported. */
  readonly pictureKind?: (start: PictureStart) => PictureKind | undefined
  /** The enhanced codec for the same samples (`dvh1.08.07`), and the brand for the combination. */
  readonly supplemental?: { readonly name: string; readonly brand: string }
  /** Brands in addition to the media profile's. */
  readonly brands?: readonly string[]
}

/** An audio configuration. */
export interface AudioCodec extends CodecFacts {
  readonly type: 'audio'
  readonly sampleRate: number
  readonly channels: number
  /**
   * Frames may depend on earlier ones: `stss` lists those that do not. In all other audio every frame is independent.
   */
  readonly dependent?: true
  /** Complexity index of the objects over those channels (Atmos), printed in manifests as `16/JOC`. */
  readonly jointObjects?: number
  /** ChannelConfiguration of ISO/IEC 23091-3, 0 if none fits; absent if it is the default for its channels. */
  readonly channelLayout?: number
  /** Channel locations in Dolby's numbering (`chanmap`, ETSI TS 102 366 E.1.3.1.8). */
  readonly dolbyChannels?: number
}
