/** What a change of protection does to those who watch, said before it is made. */
import type { EncryptedPolicy, Policy } from '../../../lib/rights/protection/policy.ts'
import { isInBand } from '../../../lib/rights/protection/rotation.ts'
import type { What } from './content.ts'
import { interval, listed, systemNames } from './policy-words.ts'

/** Sentences, the hardest first; none where nothing changes. */
export function consequences(now: Policy, next: Policy, what: What): readonly string[] {
  if (now.mode === 'none') return next.mode === 'none' ? [] : sealing(next, what)
  return next.mode === 'none' ? opening(what) : changing(now, next, what)
}

/** How soon it holds everywhere: manifests are kept for five seconds, and the packager remembers for ten. */
const soon = 'within ten seconds'

function sealing({ systems }: EncryptedPolicy, what: What): readonly string[] {
  return [
    `Clear URLs of this ${what} answer 403 ${soon}, for whoever has them: who is watching is interrupted.`,
    `From then on it plays in a session and with a playback token, by ${listed(systems.map((one) => systemNames[one]))}.`,
    ...servers(systems),
  ]
}

const opening = (what: What): readonly string[] => [
  `Anybody who knows its URL can watch and copy this ${what} ${soon}: it is given out in the clear, without session or token.`,
  'No more licences are given, and encrypted URLs answer 403: who is watching is interrupted.',
  `Its keys are kept: when the ${what} is protected again, ${what === 'film' ? 'it has the same ones' : 'what was shown has the same ones'}.`,
]

function changing(now: EncryptedPolicy, next: EncryptedPolicy, what: What): readonly string[] {
  const goneSchemes = now.schemes.filter((scheme) => !next.schemes.includes(scheme))
  const newSchemes = next.schemes.filter((scheme) => !now.schemes.includes(scheme))
  const goneSystems = now.systems.filter((system) => !next.systems.includes(system))
  const newSystems = next.systems.filter((system) => !now.systems.includes(system))
  return [
    now.keys !== next.keys &&
      `All tracks get other keys, and URLs under the old ones answer 403 ${soon}: who is watching is interrupted.`,
    goneSchemes.length > 0 &&
      `URLs under ${listed(goneSchemes)} answer 403 ${soon}: who watches them is interrupted.`,
    goneSystems.length > 0 &&
      `${namesOf(goneSystems)} gets no more licences: players that have one go on until they need the next.`,
    now.rotationSeconds !== next.rotationSeconds &&
      `New key periods begin, ${next.rotationSeconds === undefined ? 'one for all of it' : `one every ${interval(next.rotationSeconds)}`}: ${what === 'film' ? 'who opens the film from now on gets new keys, who is watching keeps the old ones for two days' : 'from the next segment on there are new keys, what was shown stays under the old ones'}.`,
    newSchemes.length > 0 && `Players may ask for ${listed(newSchemes)}, too.`,
    newSystems.length > 0 && `${namesOf(newSystems)} may get licences, too.`,
    (next.clearLeadSeconds ?? 0) > (now.clearLeadSeconds ?? 0) &&
      `The first ${interval(next.clearLeadSeconds ?? 0)} can be had in the clear, so that the film starts before its licence is there.`,
    !isSame(askedOf(now), askedOf(next)) &&
      `Manifests say something else to who opens the ${what} from now on.`,
    ...servers(newSystems),
  ].filter((sentence) => typeof sentence === 'string')
}

/** Three of the four get their licences from a server of the operator's. */
function servers(systems: EncryptedPolicy['systems']): readonly string[] {
  const others = systems.filter((system) => system !== 'clearkey')
  return others.length === 0
    ? []
    : [
        `${namesOf(others)} plays only once your licence server is set up in the secret of the output LicenceServersSecret.`,
      ]
}

const namesOf = (systems: EncryptedPolicy['systems']): string =>
  listed(systems.map((system) => systemNames[system]))

/** What the sentences above have not spoken of, with its robustness in one order. */
const askedOf = (policy: EncryptedPolicy) => {
  const { clearLeadSeconds = 0, hdcp, robustness = {} } = policy
  return {
    isInBand: isInBand(policy),
    clearLeadSeconds,
    hdcp,
    robustness: Object.entries(robustness).toSorted(([a], [b]) => a.localeCompare(b)),
  }
}

const isSame = (one: object, other: object): boolean => JSON.stringify(one) === JSON.stringify(other)
