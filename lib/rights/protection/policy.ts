/** Protection policy of content: the operator's choice, and its consistency rules. */
import * as z from 'zod'
import { minPeriodSeconds, mustBeInBand } from './rotation.ts'

const systemSchema = z.enum(['widevine', 'playready', 'fairplay', 'clearkey'])
const schemeSchema = z.enum(['cenc', 'cbcs'])
/** Robustness values of EME and SPEKE 2.1, in the system's own terms, such as `SW_SECURE_CRYPTO`, `3000`. */
const robustnessSchema = z.string().regex(/^[A-Za-z0-9_]{1,64}$/, 'expected 1 to 64 of A-Z a-z 0-9 _')

/** Shortest period: once in each, players request a licence and EXT-X-KEY changes. */
const minRotationSeconds = 10
const maxRotationSeconds = 30 * 86_400
/** A minute is enough for any licence server. */
const maxClearLeadSeconds = 60

/** `uniqueItems` repeats the rule for the OpenAPI document, which shows nothing of refinements. */
const eachOnce = <Name extends z.ZodType<string>>(name: Name) =>
  z
    .array(name)
    .min(1)
    .superRefine((names, context) => {
      const again = names.find((one, i) => names.indexOf(one) < i)
      if (again !== undefined) context.addIssue(`expected each once, got ${again} again`)
    })
    .meta({ uniqueItems: true })

const none = z.strictObject({ mode: z.literal('none') })
const encrypted = z.strictObject({
  mode: z.literal('encrypted'),
  schemes: eachOnce(schemeSchema).max(2).describe('which a player may ask for'),
  systems: eachOnce(systemSchema).max(4),
  keys: z
    .enum(['shared', 'perType'])
    .default('shared')
    .describe('one key for all tracks, or one each for sound, SD, HD and UHD pictures'),
  rotationSeconds: z
    .number()
    .int()
    .min(minRotationSeconds)
    .max(maxRotationSeconds)
    .optional()
    .describe('a new key after so long; absent: one key period'),
  rotationSignalling: z
    .enum(['periods', 'inBand'])
    .optional()
    .describe(
      'how DASH tells of a new key: a Period of its own, or seig and pssh in the media of one Period; absent: in the media where a Period would be shorter than 30 s and clearkey is none of the systems, else by Periods; HLS has EXT-X-KEY',
    ),
  clearLeadSeconds: z
    .number()
    .int()
    .min(0)
    .max(maxClearLeadSeconds)
    .optional()
    .describe(
      'so much of a film, at most, is in the clear, so that it starts before a licence is there: segments that end a second before',
    ),
  hdcp: z
    .enum(['TYPE-0', 'TYPE-1'])
    .optional()
    .describe('least output protection of pictures (HDCP-LEVEL of RFC 8216bis 4.4.6.2)'),
  robustness: z
    .partialRecord(systemSchema, robustnessSchema)
    .optional()
    .describe('least robustness by system'),
})

/** A policy in API requests and responses. */
export const policySchema = z
  .discriminatedUnion('mode', [none, encrypted])
  .refine(isConsistent, {
    message: 'FairPlay takes cbcs alone: list cbcs among the schemes or leave fairplay out',
  })
  .refine(
    (policy) => policy.mode === 'none' || policy.rotationSignalling !== 'periods' || !mustBeInBand(policy),
    {
      path: ['rotationSignalling'],
      message: `expected inBand or nothing where rotationSeconds less clearLeadSeconds is below ${minPeriodSeconds} and clearkey is none of systems, got periods: players may leave out shorter Periods while their licence is on its way`,
    },
  )
  .meta({ id: 'ProtectionPolicy' })

/** Whether every listed system can play one of the schemes. */
function isConsistent(policy: z.infer<typeof none> | z.infer<typeof encrypted>): boolean {
  return policy.mode === 'none' || !policy.systems.includes('fairplay') || policy.schemes.includes('cbcs')
}

/**
 * The stored form: old rows may name a scheme or system twice, which has no effect, or ask for Periods that would be
 * too short, which is ignored.
 */
export const storedPolicySchema = z.preprocess((policy) => {
  if (typeof policy !== 'object' || policy === null) return policy
  const known = Object.fromEntries(
    Object.entries(policy).map(([name, value]) => [name, Array.isArray(value) ? [...new Set(value)] : value]),
  )
  const { rotationSignalling, ...rest } = known
  const { success, data } = rotationSchema.safeParse(rest)
  return rotationSignalling === 'periods' && success && mustBeInBand(data) ? rest : known
}, policySchema)

const rotationSchema = z.object({
  systems: z.array(z.string()),
  rotationSeconds: z.number().optional(),
  clearLeadSeconds: z.number().optional(),
})

/** Protection of an asset or channel. */
export type Policy = z.infer<typeof policySchema>
/** A policy with encryption. */
export type EncryptedPolicy = z.infer<typeof encrypted>
/** Name of a DRM system. */
export type DrmSystem = z.infer<typeof systemSchema>
/** A Common Encryption scheme (ISO/IEC 23001-7 10). */
export type CencScheme = z.infer<typeof schemeSchema>

/** What a policy asks for that channels do not have; undefined if there is none of it. */
export function unfitForChannels(policy: Policy): string | undefined {
  if (policy.mode === 'none') return undefined
  if (policy.clearLeadSeconds) return 'clearLeadSeconds: expected none, got one: a channel has no beginning'
  if (policy.rotationSignalling === 'inBand')
    return 'rotationSignalling: expected periods or nothing, got inBand, which channels do not have'
  if (mustBeInBand(policy))
    return `rotationSeconds: expected at least ${minPeriodSeconds} where clearkey is none of systems, got ${policy.rotationSeconds}: players may leave out shorter Periods while their licence is on its way`
  return undefined
}

/** Not protected. */
export const clearPolicy: Policy = { mode: 'none' }

/** The four DRM systems. */
export const drmSystems = systemSchema.options
