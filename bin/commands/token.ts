/** `headend token`: a token for the operator's API and console, or one with which a player gets licences. */
import { randomBytes } from 'node:crypto'
import { keyTexts } from '../../lib/platform/aws/key-texts.ts'
import { askAsPerson } from '../../lib/platform/aws/secrets-client.ts'
import { putOperatorKey } from '../../lib/platform/operator/operator-key.ts'
import { mintOperatorToken } from '../../lib/platform/operator/operator-token.ts'
import { playbackTokenRequest } from '../../lib/rights/tokens/claims.ts'
import { mintPlaybackToken } from '../../lib/rights/tokens/playback-token.ts'
import { CommandError } from '../errors.ts'
import { type Command, parse } from './command.ts'
import { choosePlace, outputNamed, placeOptions, placeUsage } from './place.ts'
import type { Outputs } from './stack-outputs.ts'

const usage =
  'token --role operator [--subject NAME] [--new-key] | --account A --content vod/FILM ' +
  `[--level clearkey|software|hardware] [--region DE]... [--ttl 12h] ${placeUsage}`
const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

const options = {
  role: { type: 'string' },
  subject: { type: 'string' },
  'new-key': { type: 'boolean' },
  account: { type: 'string' },
  content: { type: 'string' },
  level: { type: 'string' },
  region: { type: 'string', multiple: true },
  ttl: { type: 'string' },
  ...placeOptions,
} as const

export const tokenCommand: Command = {
  name: 'token',
  usage,
  summary: 'prints a token and nothing else',
  async run(args) {
    const { values } = parse(args, { options, positionals: 0, usage })
    const ttlSeconds = seconds(values.ttl ?? '12h')
    const isPlayback = values.account !== undefined || values.content !== undefined
    if (isPlayback === (values.role !== undefined) || (values.role ?? 'operator') !== 'operator')
      throw usageError(
        `expected either --role operator or --account and --content, got ${values.role ? `--role ${values.role}` : 'neither'}`,
      )
    if (isPlayback && (values.subject !== undefined || values['new-key']))
      throw usageError('--subject and --new-key are of --role operator')
    const mint = isPlayback ? playback(values, ttlSeconds) : operator(values, ttlSeconds)
    return `${await mint(await choosePlace(values))}\n`
  },
}

/** Mints a token with the secret that a headend's outputs name. */
type Mint = (outputs: Outputs) => Promise<string>

/** The log of the API names the subject; a new key ends the tokens of all the keys before it within a minute. */
function operator({ subject, 'new-key': isNewKey }: Values, lifetimeSeconds: number): Mint {
  if (subject !== undefined && !/^[\x21-\x7e]{1,64}$/.test(subject))
    throw usageError('--subject: expected 1 to 64 printable characters without spaces')
  return async (outputs) => {
    const secret = outputNamed(outputs, 'OperatorSecret')
    if (isNewKey) await putOperatorKey(secret, randomBytes(32).toString('hex'))
    const [key = ''] = await keyTexts(secret, askAsPerson)
    return mintOperatorToken(key, { now: new Date(), lifetimeSeconds, ...(subject && { subject }) })
  }
}

type Values = ReturnType<typeof parse<typeof options>>['values']

const ofOneContent = playbackTokenRequest.refine(({ content }) => !content.startsWith('presentations/'), {
  path: ['content'],
  message: 'a token for a presentation is made by POST /v1/tokens, which knows what is in it',
})

/** Checks what was asked for before anybody is asked for a key. */
function playback({ account, content, level, region }: Values, ttlSeconds: number): Mint {
  const asked = ofOneContent.safeParse({ account, content, level, regions: region, ttlSeconds })
  if (!asked.success)
    throw usageError(
      asked.error.issues
        .map(({ path, message }) => `--${path[0] === 'regions' ? 'region' : String(path[0])}: ${message}`)
        .join('; '),
    )
  const { ttlSeconds: lifetime, ...claims } = asked.data
  return async (outputs) => {
    const [keyText = ''] = await keyTexts(outputNamed(outputs, 'PlaybackSecret'), askAsPerson)
    const issuedEpochSeconds = Math.floor(Date.now() / 1000)
    return mintPlaybackToken(keyText, {
      ...claims,
      tokenId: randomBytes(12).toString('base64url'),
      issuedEpochSeconds,
      expiresEpochSeconds: issuedEpochSeconds + lifetime,
    })
  }
}

function seconds(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  if (count === undefined) throw usageError(`--ttl: expected a number and s, m, h or d, got ${text}`)
  return Number(count) * (unitSeconds[unit] ?? 1)
}

const usageError = (text: string): CommandError =>
  new CommandError('CLI_USAGE', `${text}; usage: headend ${usage}`)
