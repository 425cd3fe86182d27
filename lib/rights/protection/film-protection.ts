/** A film's protection as manifests read it: made before the film is shown, and made anew when anything changes. */
import { HeadendError } from '../../errors.ts'
import { allowedCpc } from '../../formats/pssh/index.ts'
import { sha256Hex } from '../../platform/digest.ts'
import { protectionKey, type StoredProtection } from '../../timeline/stored-protection.ts'
import { playReadyBox, widevineBox } from './key-boxes.ts'
import { type CencScheme, type EncryptedPolicy, type Policy, policySchema } from './policy.ts'
import { filmPeriods, type ProtectionRoom } from './protect.ts'

/** A state of a content's protection, by the name that follows from it. */
export interface NamedProtection {
  readonly name: string
  /** Some of the film still leaves in the clear. */
  readonly hasClearLead: boolean
  readonly text: string
}

/** What of a film decides its protection. */
export interface FilmToProtect {
  /** Up to where its pictures and its sound go together: keys change no further. */
  readonly commonMs: number
  /** Where licences are had, without a slash at its end. */
  readonly licenceUrl: string
}

/** What makes a film's protection known. Every write may be done twice. */
export interface FilmShelf {
  /** `commonMs` of the film that plays; undefined where none does yet. */
  commonMs(contentId: string): Promise<number | undefined>
  /** Stores an object that never changes. */
  store(key: string, text: string): Promise<void>
  /** Names the state in force in the row that names the film's version; undefined: none. */
  publish(contentId: string, name: string | undefined): Promise<void>
  /** Closes or opens what caches hold of the film in the clear. */
  seal(contentId: string, isSealed: boolean): Promise<void>
}

/** The state that holds now; undefined where the film is not protected. Keys that are not there yet are made. */
export async function filmProtection(
  room: ProtectionRoom,
  contentId: string,
  { commonMs, licenceUrl }: FilmToProtect,
): Promise<NamedProtection | undefined> {
  const { policy } = await room.protection.policy(contentId)
  if (policy.mode === 'none') return undefined
  const periods = await filmPeriods(room, contentId, { policy, commonMs })
  const { schemes, systems, keys, hdcp, robustness, clearLeadSeconds, rotationSignalling } = policy
  const stored: StoredProtection = {
    format: 'headend-protection/1',
    schemes,
    systems,
    sharing: keys,
    licenceUrl,
    ...(hdcp && { hdcp }),
    ...(robustness && { robustness }),
    ...(robustness && {
      allowedCpc: Object.fromEntries(schemes.map((one) => [one, allowedIn(one, policy)])),
    }),
    ...(clearLeadSeconds && { clearLeadSeconds }),
    ...(rotationSignalling === 'inBand' && { inBand: true }),
    boxes: Object.fromEntries(
      schemes.map((scheme) => [
        scheme,
        {
          ...(systems.includes('widevine') && { widevine: widevineBox(scheme) }),
          ...(systems.includes('playready') && {
            playready: playReadyBox(scheme, `${licenceUrl}/playready`),
          }),
        },
      ]),
    ),
    periods: periods.map(({ index, fromMs, keys: made }) => ({
      index,
      fromMs,
      keys: made.map(({ label, kid, iv, checksum }) => ({ label, kid, iv, checksum })),
    })),
  }
  const text = JSON.stringify(stored)
  return { name: sha256Hex(text).slice(0, 16), text, hasClearLead: (policy.clearLeadSeconds ?? 0) > 0 }
}

/** ALLOWED-CPC for a scheme; FairPlay knows cbcs alone. */
function allowedIn(scheme: CencScheme, { systems, robustness = {} }: EncryptedPolicy): string {
  return systems
    .flatMap((system) => {
      const least = system === 'fairplay' && scheme !== 'cbcs' ? undefined : robustness[system]
      return (least !== undefined && allowedCpc(system, least)) || []
    })
    .join(',')
}

/**
 * What a film that arrives is protected by, from now on: what it says itself, else its own policy, else its
 * prefix's, which then becomes its own: a default that changes later changes nothing that is there.
 */
export async function settlePolicy(
  { protection }: Pick<ProtectionRoom, 'protection'>,
  contentId: string,
  stated: unknown,
): Promise<void> {
  if (stated !== undefined) return protection.putPolicy(contentId, statedPolicy(contentId, stated))
  await protection.pinPolicy(contentId)
}

function statedPolicy(contentId: string, stated: unknown): Policy {
  if (stated === 'none' || stated === 'clear') return { mode: 'none' }
  const { success, data, error } = policySchema.safeParse(stated)
  if (success) return data
  const [issue] = error.issues
  throw new HeadendError(
    'ASSET_PROTECTION',
    `${contentId}: expected protection "none" or a policy, got ${issue?.path.join('.') || 'something else'}: ${issue?.message ?? ''}`,
  )
}

const mostTurns = 5

/** Makes a change of protection known for a film that plays; ends when what is known is what holds. */
export async function publishProtection(
  room: ProtectionRoom,
  contentId: string,
  { shelf, licenceUrl }: { readonly shelf: FilmShelf; readonly licenceUrl: string },
): Promise<void> {
  const commonMs = await shelf.commonMs(contentId)
  // A film that comes later brings its protection with it.
  if (commonMs === undefined) return
  // What is known is the film's own from now on, or the next change of its prefix's would part media and manifests.
  await room.protection.pinPolicy(contentId)
  let next = await filmProtection(room, contentId, { commonMs, licenceUrl })
  for (let turn = 0; turn < mostTurns; turn++) {
    if (next) await shelf.store(protectionKey(contentId, next.name), next.text)
    await shelf.publish(contentId, next?.name)
    await shelf.seal(contentId, next !== undefined && !next.hasClearLead)
    const then = await filmProtection(room, contentId, { commonMs, licenceUrl })
    if (then?.name === next?.name) return
    next = then
  }
  throw new HeadendError('PROTECTION_RACE', `${contentId}: its protection changes too fast, try again`, {
    status: 503,
  })
}
