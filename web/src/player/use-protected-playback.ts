/** An asset's playback as this page shows it: what was chosen, what players are told, what keys are called. */
import { useMemo, useState } from 'preact/hooks'
import type { Asset } from '../../../lib/assets/api/schemas.ts'
import type { EncryptedPolicy } from '../../../lib/rights/protection/policy.ts'
import type { Api } from '../api.ts'
import { type AddressOf, clearAddress, sealedAddress } from '../protection/addresses.ts'
import { type Band, bandsOf } from '../protection/key-periods.ts'
import { labelWords } from '../protection/key-table.tsx'
import type { Protection } from '../protection/use-protection.ts'
import type { Drm } from './drm.ts'
import type { NamedKey } from './figures/drm-figures.tsx'
import type { Manifests } from './manifests.ts'
import { drmFor, type Playback, type PlayChoice, usePlayback, withQuery } from './playback.ts'

/** All of it. */
export interface ProtectedPlayback {
  readonly playback: Playback
  /** Of what is protected. */
  readonly policy: EncryptedPolicy | undefined
  readonly choice: PlayChoice
  readonly choose: (choice: PlayChoice) => void
  readonly drm: Drm | undefined
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
    { content: { what: 'film', id: asset.id }, manifests: asset.manifests },
    protection,
  )
  const [choice, choose] = useState<PlayChoice>({ scheme: '', system: undefined })
  const { known } = protection
  const policy = known?.policy.mode === 'encrypted' ? known.policy : undefined
  const seconds = asset.durationSeconds ?? 0
  const { bands, names } = useMemo(() => {
    const found = policy && known ? bandsOf(policy, known.keys, seconds) : []
    return { bands: found, names: namesOf(found, known?.keys ?? []) }
  }, [policy, known, seconds])
  const { token } = playback
  const { system } = choice
  const isSealed = policy !== undefined
  // Players start anew with another one: a policy that was only read again is no reason.
  const drm = useMemo(
    () => (isSealed ? drmFor({ system }, { token }, licenceUrl) : undefined),
    [isSealed, system, token, licenceUrl],
  )
  // A scheme that was taken away since is no choice any more.
  const scheme = choice.scheme !== '' && policy?.schemes.includes(choice.scheme) ? choice.scheme : undefined
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
