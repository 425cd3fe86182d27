/** A timeline as protected content is shown: with its key periods, and with what protection adds to its bytes. */

import { HeadendError } from '../../errors.ts'
import { clearUntil } from '../../timeline/clear-lead.ts'
import { keyLabelOf, pixelsOf } from '../../timeline/key-label.ts'
import type { Protection } from '../../timeline/presentation.ts'
import type { Timeline, Track } from '../../timeline/timeline.ts'
import { codecFamily } from '../codec-family.ts'
import type { ReadTimeline } from '../read.ts'
import { onSegments, referenceTrackOf } from './key-boundaries.ts'
import { keyPeriodsOf, type Signalling } from './key-facts.ts'
import { protectedRates } from './protected-rates.ts'

/** The timeline with what can be protected, and how its clips are. */
export function protectedPresentation(
  read: Pick<ReadTimeline, 'timeline' | 'opening' | 'track'>,
  signalling: Signalling,
): { readonly timeline: Timeline; readonly protection: Protection } {
  const { timeline, opening } = read
  const { scheme, stored, inBand } = signalling
  const { clearLeadSeconds, leadPaths } = stored
  const tracks = timeline.tracks
    .filter(isProtectable)
    .map((track) => ({ ...track, bandwidth: protectedRates(track, signalling) }))
  if (!tracks.some(isEncrypted))
    throw new HeadendError(
      'PROTECTION_CODEC',
      `${timeline.id}: expected sound, H.264, H.265 or AV1 to protect, got none`,
      { status: 404 },
    )
  const periods = keyPeriodsOf(timeline.id, signalling, timeline.timescale)
  const lead = periods.length > 1 ? referenceTrackOf(tracks) : undefined
  const whole = lead && read.track(lead.id)
  const allowedCpc = stored.allowedCpc?.[scheme]
  const labels = tracks.flatMap((track) => {
    const label = keyLabelOf(stored.sharing, { type: track.type, pixels: pixelsOf(track) })
    return label === undefined ? [] : [[track.id, label] as const]
  })
  return {
    timeline: {
      ...timeline,
      tracks,
      overlays: {
        ...timeline.overlays,
        keyPeriods: { revision: 1, entries: whole ? onSegments(periods, whole, timeline) : periods },
      },
    },
    protection: {
      scheme,
      labels: Object.fromEntries(labels),
      ...(stored.hdcp && { hdcp: stored.hdcp }),
      ...(allowedCpc && { allowedCpc }),
      ...(clearLeadSeconds !== undefined && {
        clearUntilSeconds: clearUntil(opening().filter(isEncrypted), clearLeadSeconds),
        // The playlist of a state goes on saying what it said: its URL is one for ever.
        ...(leadPaths && { clearLeadSeconds }),
      }),
      ...(inBand && { inBand }),
    },
  }
}

const isEncrypted = (track: Track): boolean =>
  (track.type === 'video' || track.type === 'audio') && isProtectable(track)

/** Nobody wrote down for VP9 what of a sample stays clear, and decoders differ. */
const isProtectable = ({ type, configs }: Track): boolean =>
  type !== 'video' || configs.every(({ codec }) => codecFamily(codec) !== 'vp09')
