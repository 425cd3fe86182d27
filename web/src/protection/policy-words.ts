/** A policy in words. */
import type { DrmSystem, EncryptedPolicy, Policy } from '../../../lib/rights/protection/policy.ts'
import { isInBand } from '../../../lib/rights/protection/rotation.ts'
import { prefixes, type What } from './content.ts'

/** A policy, and whether the asset has it of its own or from its prefix. */
export interface FoundPolicy {
  readonly policy: Policy
  readonly source: 'own' | 'default'
}

/** A DRM by the name people know it by. */
export const systemNames: Readonly<Record<DrmSystem, string>> = {
  clearkey: 'Clear Key',
  widevine: 'Widevine',
  playready: 'PlayReady',
  fairplay: 'FairPlay',
}

/** In the order they are offered: the one that needs no licence server first. */
export const systems = ['clearkey', 'widevine', 'playready', 'fairplay'] as const

/** Each scheme, and who takes it. */
export const schemeNotes = {
  cenc: 'AES-CTR, whole samples: older devices, PlayReady everywhere',
  cbcs: 'AES-CBC, a pattern: Apple devices, and all newer ones',
} as const

/** The least a display's connection must be under. */
export const hdcpNames = {
  'TYPE-0': 'any HDCP',
  'TYPE-1': 'HDCP 2.2 or later',
} as const

/** What there is to say of a policy, name by name. */
export function policyFacts(
  { policy, source }: FoundPolicy,
  what: What,
): readonly (readonly [string, string])[] {
  const whose = ['Set by', source === 'own' ? `this ${what}` : `default of ${prefixes[what]}/`] as const
  if (policy.mode === 'none') return [whose]
  const { schemes, keys, rotationSeconds, clearLeadSeconds = 0, hdcp } = policy
  return [
    ['Schemes', schemes.join(', ')],
    ['DRM', policy.systems.map((system) => systemNames[system]).join(', ')],
    ['Keys', keys === 'shared' ? 'one for all tracks' : 'one each for sound, SD, HD, UHD'],
    [
      'New key',
      rotationSeconds === undefined
        ? 'by hand alone'
        : `every ${interval(rotationSeconds)}${isInBand(policy) ? ', told within DASH media' : ''}`,
    ],
    ...(what === 'film'
      ? [['Clear lead', clearLeadSeconds === 0 ? 'none' : interval(clearLeadSeconds)] as const]
      : []),
    ['Displays', hdcp === undefined ? 'any' : `${hdcpNames[hdcp]} (${hdcp})`],
    ['Robustness', robustnessWords(policy)],
    whose,
  ]
}

function robustnessWords({ robustness = {} }: EncryptedPolicy): string {
  const said = systems.flatMap((system) => {
    const word = robustness[system]
    return word === undefined ? [] : [`${systemNames[system]} ${word}`]
  })
  return said.length > 0 ? said.join(', ') : 'any'
}

/** `12 s`, `90 min`, `6 h`: as coarse as it stays exact. */
export function interval(seconds: number): string {
  if (seconds % 86_400 === 0) return counted(seconds / 86_400, 'day')
  if (seconds % 3600 === 0) return `${seconds / 3600} h`
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`
}

/** `1 key`, `3 keys`. */
export const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

/** `a`, `a and b`, `a, b and c`. */
export const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
