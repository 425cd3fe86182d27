/** What every codec's file answers about a sample entry, so that a new codec is a new file and one line in `codecs.ts`. */
import type { PictureKind, PictureStart } from '../picture-kind.ts'
import type { Box } from './box.ts'
import type { Colour } from './colr.ts'

/** Reads the sample entries of one codec; throws HeadendError where the configuration is broken. */
export type CodecReader = (entry: Box) => Codec

/** One codec configuration as manifests and init segments need it. */
export type Codec = VideoCodec | AudioCodec

interface CodecFacts {
  /** RFC 6381. */
  readonly name: string
  /** The sample entry as CMAF wants it, complete with its header. */
  readonly sampleEntry: Uint8Array
  /** Where the samples lie, an index into `dref` from 1. */
  readonly dataReference: number
  /** CMAF media profile of these samples at that many pictures (or frames) a second. */
  readonly brand: (frameRate: number) => string | undefined
}

/** How samples are made of NAL units. */
export interface NalUnits {
  readonly kind: 'avc' | 'hevc'
  /** Of the length in front of each. */
  readonly lengthBytes: number
}

/** A video configuration. */
export interface VideoCodec extends CodecFacts {
  readonly type: 'video'
  readonly width: number
  readonly height: number
  /** Absent where square. */
  readonly pixelAspect?: readonly [number, number]
  readonly range: 'SDR' | 'HLG' | 'PQ'
  /** Of `colr`, else of the bitstream; absent where neither says anything. */
  readonly colour?: Colour
  /** Pictures may be coded as fields. */
  readonly interlaced?: true
  /** Absent where samples are made of something else. */
  readonly nalUnits?: NalUnits
  /** What a picture is by its first bytes; absent where nobody here can tell. */
  readonly pictureKind?: (start: PictureStart) => PictureKind | undefined
  /** What plays it better than `name` (`dvh1.08.07`), and the brand that says how the two go together. */
  readonly supplemental?: { readonly name: string; readonly brand: string }
  /** Brands beside the media profile's, of what else the track keeps to. */
  readonly brands?: readonly string[]
}

/** An audio configuration. */
export interface AudioCodec extends CodecFacts {
  readonly type: 'audio'
  readonly sampleRate: number
  readonly channels: number
  /** Frames may need those before them: `stss` says which do not. Of all other sound every frame stands alone. */
  readonly dependent?: true
  /** Complexity index of the objects over those channels (Atmos), which manifests print as `16/JOC`. */
  readonly jointObjects?: number
  /** ChannelConfiguration of ISO/IEC 23091-3, 0 where none fits; absent where it is the usual one for its channels. */
  readonly channelLayout?: number
  /** Places of the channels as Dolby counts them (`chanmap`, ETSI TS 102 366 E.1.3.1.8). */
  readonly dolbyChannels?: number
}
