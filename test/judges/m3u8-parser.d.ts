/** What the tests use of a package that brings no types. */
declare module 'm3u8-parser' {
  export class Parser {
    push(text: string): void
    end(): void
    readonly manifest: {
      readonly targetDuration?: number
      readonly mediaSequence?: number
      readonly discontinuitySequence?: number
      readonly endList?: boolean
      readonly playlistType?: string
      readonly segments: readonly {
        readonly uri: string
        readonly duration: number
        readonly discontinuity?: boolean
        readonly byterange?: { readonly length: number; readonly offset: number }
        readonly map?: {
          readonly uri: string
          readonly byterange?: { readonly length: number; readonly offset: number }
        }
        readonly key?: { readonly method: string; readonly uri: string; readonly iv?: Uint32Array }
        readonly dateTimeObject?: Date
        /** Of each segment behind the first that says one, in epoch milliseconds. */
        readonly programDateTime?: number
        readonly cueOut?: string
        readonly cueOutCont?: string
        readonly cueIn?: string
      }[]
      readonly dateRanges?: readonly {
        readonly id: string
        readonly startDate?: Date
        readonly duration?: number
      }[]
      readonly playlists?: readonly {
        readonly uri: string
        readonly attributes: Readonly<Record<string, unknown>>
      }[]
      readonly iFramePlaylists?: readonly { readonly uri: string }[]
      readonly mediaGroups?: Readonly<
        Record<
          string,
          Readonly<
            Record<string, Readonly<Record<string, { readonly uri?: string; readonly default: boolean }>>>
          >
        >
      >
    }
  }
}
