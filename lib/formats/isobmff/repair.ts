/** What was wrong with a track that can be played nevertheless, and what is done about it. */
export interface Repair {
  readonly code: string
  readonly reason: string
}
