/** An asset's playback as this page shows it: what was chosen, what players are told, what keys are called. */
import { useMemo } from 'preact/hooks'
import type { Asset } from '../../../lib/assets/api/schemas.ts'
import type { Api } from '../api.ts'
import { type AddressOf, clearAddress, sealedAddress } from '../protection/addresses.ts'
import { contentIdOf } from '../protection/content.ts'
import { type Band, bandsOf } from '../protection/key-periods.ts'
import { labelWords } from '../protection/key-table.tsx'
import type { Protection } from '../protection/use-protection.ts'
import type { NamedKey } from './figures/drm-figures.tsx'
import type { Manifests } from './manifests.ts'
import { type Playback, usePlayback, withQuery } from './playback.ts'
import { type DrmChoice, useDrmChoice } from './use-drm-choice.ts'

/** All of it. */
export interface ProtectedPlayback extends Omit<DrmChoice, 'scheme'> {
  readonly playback: Playback
  /** With the scheme that was chosen; the asset's own until a session is open. */
  readonly manifests: Manifests
  readonly bands: readonly Band[]
  readonly names: readonly NamedKey[]
  readonly addressOf: AddressOf
}

export function useProtectedPlayback(
  api: Api,
  {
    asset,
    protection,
    licenceUrl,
  }: { readonly asset: Asset; readonly protection: Protection; readonly licenceUrl: string },
): ProtectedPlayback {
  const playback = usePlayback(
    api,
    { content: contentIdOf({ what: 'film', id: asset.id }), manifests: asset.manifests },
    protection,
  )
  const { known } = protection
  const { policy, choice, choose, scheme, drm } = useDrmChoice(protection, playback, licenceUrl)
  const seconds = asset.durationSeconds ?? 0
  const { bands, names } = useMemo(() => {
    const found = policy && known ? bandsOf(policy, known.keys, seconds) : []
    return { bands: found, names: namesOf(found, known?.keys ?? []) }
  }, [policy, known, seconds])
  const query = scheme === undefined ? '' : `?scheme=${scheme}`
  const { hls, dash } = playback.manifests ?? asset.manifests
  const addressOf =
    policy && playback.manifests
      ? sealedAddress({ policy, scheme: scheme ?? policy.schemes[0] ?? 'cenc', bands, hls })
      : clearAddress
  return {
    playback,
    policy,
    choice,
    choose,
    drm,
    manifests: { hls: withQuery(hls, query), dash: withQuery(dash, query) },
    bands,
    names,
    addressOf,
  }
}

type KnownKeys = NonNullable<Protection['known']>['keys']

function namesOf(bands: readonly Band[], keys: KnownKeys): readonly NamedKey[] {
  const byPeriod = new Map(bands.map((band) => [band.period, band]))
  return keys.flatMap(({ period, label, kid }) => {
    const band = byPeriod.get(period)
    const name = `period ${period}, ${labelWords[label] ?? label}`
    return band ? { kid, name, label, fromSeconds: band.fromSeconds, toSeconds: band.toSeconds } : []
  })
}
