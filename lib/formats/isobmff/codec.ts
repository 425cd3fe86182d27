/** What every codec's file answers about a sample entry, so that a new codec is a new file and one line in `codecs.ts`. */
import type { Box } from './box.ts'

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

/** A video configuration. */
export interface VideoCodec extends CodecFacts {
  readonly type: 'video'
  readonly width: number
  readonly height: number
  /** Absent where square. */
  readonly pixelAspect?: readonly [number, number]
  readonly range: 'SDR' | 'HLG' | 'PQ'
}

/** An audio configuration. */
export interface AudioCodec extends CodecFacts {
  readonly type: 'audio'
  readonly sampleRate: number
  readonly channels: number
  /** Complexity index of the objects over those channels (Atmos), which manifests print as `16/JOC`. */
  readonly jointObjects?: number
}
