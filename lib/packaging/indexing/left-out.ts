/** The parts of an upload that are left out, and the errors if too much is. */
import type { SkippedTrack } from '../../assets/index.ts'
import { HeadendError } from '../../errors.ts'
import type { SourceTrack } from '../reading/source-track.ts'
import type { EditedSamples } from './edited-samples.ts'
import type { IndexedAsset, IndexOrder, SourceFile } from './index-order.ts'

/** A track and the file it came from. */
export interface TrackInFile {
  readonly track: SourceTrack
  readonly file: SourceFile
}

/** A track with the samples its edit list shows. */
export interface Candidate extends TrackInFile {
  readonly shown: EditedSamples
}

/** Runs `work` and records a HeadendError as the reason why the track is left out; other errors propagate. */
export function attempt(where: TrackInFile, skipped: SkippedTrack[], work: () => void): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof HeadendError)) throw error
    skipped.push({ ...factsOf(where), code: error.code, reason: error.message })
  }
}

export const factsOf = ({ track, file }: TrackInFile): Omit<SkippedTrack, 'code' | 'reason'> => ({
  file: file.source.name,
  trackId: track.trackId,
  type: track.type,
  codec: track.codec.name,
})

/** Its key frames are not aligned with those of the best rendition. */
export const unaligned = (candidate: Candidate, together: number, of: number): SkippedTrack => ({
  ...factsOf(candidate),
  code: 'PACKAGING_LADDER_UNALIGNED',
  reason:
    `expected key frames at the same times as the best rendition, got ${together} of ${of} together; ` +
    'a player could not switch to it: encode all renditions with the same key frames',
})

/** Another rendition has the same audio. */
export const repeated = (
  candidate: Candidate,
  twin: { readonly id: string; readonly candidate: Candidate },
): SkippedTrack => ({
  ...factsOf(candidate),
  code: 'PACKAGING_SOUND_REPEATED',
  reason: `the same sound as ${twin.id} of ${twin.candidate.file.source.name}`,
})

/** Media outside the edit list. */
export const hidden = (candidate: Candidate, seconds: number): SkippedTrack => ({
  ...factsOf(candidate),
  code: 'PACKAGING_MEDIA_HIDDEN',
  reason: `its edit list shows a part of it: ${seconds.toFixed(3)} s of media outside that part are left out`,
})

/** PACKAGING_NOTHING_PLAYABLE: no track can be delivered. */
export function nothingPlayable({
  timelineId,
  files,
  skipped,
}: Pick<IndexOrder, 'timelineId' | 'files'> & Pick<IndexedAsset, 'skipped'>): HeadendError {
  const reasons = skipped.map(({ file, reason }) => `${file}: ${reason}`)
  const names = files.map(({ source }) => source.name).join(', ')
  const text = reasons.length > 0 ? reasons.join('; ') : `${names}: no tracks`
  return new HeadendError(
    'PACKAGING_NOTHING_PLAYABLE',
    `${timelineId}: expected pictures or sound that can be delivered, got none: ${text}` +
      (isAdvised(reasons) ? '' : '; write the film anew, then upload it again'),
  )
}

/** Whether any of the reasons includes advice. */
const isAdvised = (reasons: readonly string[]): boolean => reasons.some((reason) => reason.includes(';'))

/** The error for an asset that would play without its video or audio, which is never intended. */
export function lost(
  kind: SourceTrack['type'],
  { timelineId, skipped }: Pick<IndexOrder, 'timelineId'> & Pick<IndexedAsset, 'skipped'>,
): HeadendError {
  const [code, what, word] =
    kind === 'video'
      ? (['PACKAGING_PICTURES_LOST', 'the pictures of the film', 'pictures'] as const)
      : (['PACKAGING_SOUND_LOST', 'the sound of the film', 'sound'] as const)
  const reasons = skipped.filter(({ type }) => type === kind).map(({ file, reason }) => `${file}: ${reason}`)
  return new HeadendError(
    code,
    `${timelineId}: expected ${what}, got none that can be delivered: ${reasons.join('; ')}; ` +
      `${isAdvised(reasons) ? '' : 'write the film anew, '}or let it play without by "${word}": "optional" in asset.json`,
  )
}
