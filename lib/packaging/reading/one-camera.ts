/** Several video tracks in one file: renditions of one video, or views of several cameras. */
import type { SkippedTrack } from '../../assets/index.ts'
import type { SourceTrack } from './source-track.ts'

/**
 * A player may switch between renditions at any time: tracks are renditions if they share an alternate group (ISO/IEC
 * 14496-12 8.3.2.3) or `asset.json` says so. Otherwise the first enabled track is kept, and the others are reported.
 */
export function oneCamera(
  tracks: readonly SourceTrack[],
  { file, renditions }: { readonly file: string; readonly renditions?: true },
): { readonly kept: readonly SourceTrack[]; readonly others: readonly SkippedTrack[] } {
  const pictures = tracks.filter(({ type }) => type === 'video')
  const shown = pictures.find(({ enabled }) => enabled) ?? pictures[0]
  if (!shown || renditions) return { kept: tracks, others: [] }
  const fits = (track: SourceTrack): boolean =>
    track === shown ||
    track.type !== 'video' ||
    (track.alternateGroup !== 0 && track.alternateGroup === shown.alternateGroup)
  return {
    kept: tracks.filter(fits),
    others: tracks
      .filter((track) => !fits(track))
      .map(({ trackId, type, codec }) => ({
        file,
        trackId,
        type,
        codec: codec.name,
        code: 'PACKAGING_PICTURES_SEVERAL',
        reason:
          `expected pictures of one camera, got those of track ${trackId} beside track ${shown.trackId}, which is shown; ` +
          'upload them as a film of their own, or, where they are renditions of one picture, give both one alternate group or say "renditions": true of the file in asset.json',
      })),
  }
}
