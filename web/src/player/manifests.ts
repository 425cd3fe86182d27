/** Where content plays, and in which language of manifests. */

/** Where an asset plays. */
export interface Manifests {
  readonly hls: string
  readonly dash: string
}

/** A manifest's language. */
export type Format = 'hls' | 'dash'
