/** A policy while it is being written: what a form holds, and the policy it makes. */
import type { DrmSystem, EncryptedPolicy, Policy } from '../../../lib/rights/protection/policy.ts'

/** Everything the form has; what is switched off is kept, in case it is switched on again. */
export interface Draft {
  /** `default`: whatever the asset's prefix has. */
  readonly mode: Policy['mode'] | 'default'
  readonly schemes: EncryptedPolicy['schemes']
  readonly systems: EncryptedPolicy['systems']
  readonly keys: EncryptedPolicy['keys']
  /** Empty: keys change by hand alone. */
  readonly rotationSeconds: string
  readonly rotationSignalling: NonNullable<EncryptedPolicy['rotationSignalling']>
  /** Empty: none. */
  readonly clearLeadSeconds: string
  /** Empty: any display. */
  readonly hdcp: NonNullable<EncryptedPolicy['hdcp']> | ''
  readonly robustness: Readonly<Partial<Record<DrmSystem, string>>>
}

/** Who protects for the first time is offered what plays everywhere without a licence server. */
const usual: Draft = {
  mode: 'none',
  schemes: ['cenc', 'cbcs'],
  systems: ['clearkey'],
  keys: 'shared',
  rotationSeconds: '',
  rotationSignalling: 'periods',
  clearLeadSeconds: '',
  hdcp: '',
  robustness: {},
}

/** A policy to edit. */
export function draftOf(policy: Policy): Draft {
  if (policy.mode === 'none') return usual
  const { rotationSeconds, clearLeadSeconds = 0, ...rest } = policy
  return {
    ...usual,
    ...rest,
    rotationSeconds: rotationSeconds === undefined ? '' : String(rotationSeconds),
    clearLeadSeconds: clearLeadSeconds === 0 ? '' : String(clearLeadSeconds),
  }
}

/** The policy a draft makes, with the default it may fall back to; of the robustness what is asked of systems it has. */
export function policyOf(draft: Draft, fallback: Policy = { mode: 'none' }): Policy {
  if (draft.mode === 'default') return fallback
  if (draft.mode === 'none') return { mode: 'none' }
  const { mode, schemes, systems, keys, rotationSeconds, rotationSignalling, clearLeadSeconds, hdcp } = draft
  const robustness = Object.fromEntries(
    systems.flatMap((system) => {
      const word = draft.robustness[system]?.trim() ?? ''
      return word === '' ? [] : [[system, word]]
    }),
  )
  return {
    mode,
    schemes,
    systems,
    keys,
    ...(rotationSeconds !== '' && {
      rotationSeconds: Number(rotationSeconds),
      ...(rotationSignalling === 'inBand' && { rotationSignalling }),
    }),
    ...(Number(clearLeadSeconds) > 0 && { clearLeadSeconds: Number(clearLeadSeconds) }),
    ...(hdcp !== '' && { hdcp }),
    ...(Object.keys(robustness).length > 0 && { robustness }),
  }
}

/** Why a draft can't be a policy yet; the API judges the rest. */
export function faultOf({
  mode,
  schemes,
  systems,
  rotationSeconds,
  clearLeadSeconds,
}: Draft): string | undefined {
  if (mode !== 'encrypted') return undefined
  if (schemes.length === 0) return 'Choose a scheme.'
  if (systems.length === 0) return 'Choose a DRM, or nobody can play it.'
  if (systems.includes('fairplay') && !schemes.includes('cbcs'))
    return 'FairPlay takes cbcs alone: choose that, too.'
  if (rotationSeconds !== '' && !isWithin(rotationSeconds, 10, 2_592_000))
    return 'A key holds for 10 to 2 592 000 whole seconds (30 days).'
  if (clearLeadSeconds !== '' && !isWithin(clearLeadSeconds, 0, 60))
    return 'A clear lead has at most 60 whole seconds.'
  return undefined
}

function isWithin(text: string, least: number, most: number): boolean {
  const value = Number(text)
  return Number.isInteger(value) && value >= least && value <= most
}
