/** A timeline with protection: with its key periods, and with the bit rate that encryption adds. */

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

/**
 * The timeline reduced to tracks that can be protected, and the protection of its clips. Keys change with segments of
 * the leading track.
 */
export function protectedPresentation(
  read: Pick<ReadTimeline, 'timeline' | 'opening' | 'track'>,
  signalling: Signalling,
  leadId?: string,
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
  const lead = leadId ?? referenceTrackOf(tracks)?.id
  const whole = periods.length > 1 && lead !== undefined ? read.track(lead) : undefined
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
        // The playlist of a state must not change: its URL is immutable.
        ...(leadPaths && { clearLeadSeconds }),
      }),
      ...(inBand && { inBand }),
    },
  }
}

const isEncrypted = (track: Track): boolean =>
  (track.type === 'video' || track.type === 'audio') && isProtectable(track)

/** VP9 is excluded: no specification says which part of a sample stays clear, and decoders differ. */
const isProtectable = ({ type, configs }: Track): boolean =>
  type !== 'video' || configs.every(({ codec }) => codecFamily(codec) !== 'vp09')
