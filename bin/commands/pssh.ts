/** `headend pssh decode` and `headend pssh make`: protection system data, taken apart and put together. */
import { createCipheriv } from 'node:crypto'
import {
  describePssh,
  kidsPssh,
  type PsshBox,
  type PsshDescription,
  playReadyChecksum,
  playReadyPssh,
  psshOfText,
  psshText,
  SYSTEM,
  systemIdOf,
  type WrmHeader,
  widevinePssh,
  wrmHeaderOf,
} from '../../lib/formats/pssh/index.ts'
import { hexBytes, isUuid, uuidBytes, uuidText } from '../../lib/formats/uuid.ts'
import { CommandError } from '../errors.ts'
import { type Command, parse } from './command.ts'

const decodeUsage = 'pssh decode BASE64|HEX [--json]'
const makeUsage =
  'pssh make --system widevine|playready|common|clearkey|SYSTEM-ID --kid KID[:KEY] [--kid ...] [--scheme cenc|cbcs] ' +
  '[--pssh-version 0|1] [--provider P] [--content-id TEXT] [--policy P] [--header-version 4.2.0.0] [--la-url URL] ' +
  '[--lui-url URL] [--ds-id ID] [--custom-attributes XML] [--ondemand] [--json]'

export const psshDecodeCommand: Command = {
  name: 'pssh decode',
  usage: decodeUsage,
  summary: 'prints what stands in pssh boxes, several if they follow one another',
  async run(args) {
    const { values, positionals } = parse(args, {
      options: { json: { type: 'boolean' } },
      positionals: 1,
      usage: decodeUsage,
    })
    const boxes = psshOfText(positionals[0] ?? '').map(describePssh)
    return values.json ? `${JSON.stringify({ boxes }, null, 2)}\n` : boxes.map(lines).join('\n')
  },
}

export const psshMakeCommand: Command = {
  name: 'pssh make',
  usage: makeUsage,
  summary: 'prints a pssh box in base64; a key behind a kid gives PlayReady its checksum',
  async run(args) {
    const { values } = parse(args, { options, positionals: 0, usage: makeUsage })
    const box = make(values)
    const base64 = psshText(box)
    return values.json ? `${JSON.stringify({ base64, ...describePssh(box) }, null, 2)}\n` : `${base64}\n`
  },
}

const options = {
  json: { type: 'boolean' },
  system: { type: 'string' },
  kid: { type: 'string', multiple: true },
  scheme: { type: 'string' },
  'pssh-version': { type: 'string' },
  provider: { type: 'string' },
  'content-id': { type: 'string' },
  policy: { type: 'string' },
  'header-version': { type: 'string' },
  'la-url': { type: 'string' },
  'lui-url': { type: 'string' },
  'ds-id': { type: 'string' },
  'custom-attributes': { type: 'string' },
  ondemand: { type: 'boolean' },
} as const

type Values = ReturnType<typeof parse<typeof options>>['values']

function make(values: Values): PsshBox {
  const { scheme = 'cenc', kid: words = [] } = values
  const systemId = systemIdOf(values.system ?? '') ?? values.system?.toLowerCase() ?? ''
  if (!isUuid(systemId)) throw usageError(`--system: expected a system's name or id, got ${values.system}`)
  if (scheme !== 'cenc' && scheme !== 'cbcs')
    throw usageError(`--scheme: expected cenc or cbcs, got ${scheme}`)
  const keys = new Map(words.map(keyOf))
  const kids = [...keys.keys()]
  if (systemId === SYSTEM.widevine) return makeWidevine(kids, values)
  if (systemId !== SYSTEM.playready) return kidsPssh(systemId, kids)
  return playReadyPssh({ version: boxVersion(values), header: makeHeader(keys, scheme, values) })
}

function makeWidevine(kids: readonly string[], values: Values): PsshBox {
  const { scheme, provider, policy, 'content-id': contentId } = values
  return widevinePssh({
    kids,
    version: boxVersion(values),
    ...(provider === undefined ? {} : { provider }),
    ...(policy === undefined ? {} : { policy }),
    ...(contentId === undefined ? {} : { contentId: new TextEncoder().encode(contentId) }),
    // said only where it is asked for: without it Widevine takes AES-CTR
    ...(scheme === undefined ? {} : { protectionScheme: scheme }),
  })
}

function makeHeader(
  keys: ReadonlyMap<string, Uint8Array | undefined>,
  scheme: string,
  values: Values,
): WrmHeader {
  const checksums = new Map(
    [...keys].flatMap(([kid, key]) => (key ? [[kid, playReadyChecksum(kid, ecb(key))] as const] : [])),
  )
  const { 'la-url': laUrl, 'lui-url': luiUrl, 'ds-id': dsId, 'custom-attributes': customAttributes } = values
  const header = wrmHeaderOf([...keys.keys()], scheme, {
    checksums,
    ...(laUrl === undefined ? {} : { laUrl }),
    ...(luiUrl === undefined ? {} : { luiUrl }),
    ...(dsId === undefined ? {} : { dsId }),
    ...(customAttributes === undefined ? {} : { customAttributes }),
    ...(values.ondemand ? { decryptorSetup: 'ONDEMAND' } : {}),
  })
  return { ...header, version: values['header-version'] ?? header.version }
}

/** One block of AES-128, which is what PlayReady's checksum is. */
function ecb(key: Uint8Array): (block: Uint8Array) => Uint8Array {
  return (block) => createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(block)
}

function keyOf(word: string): [kid: string, key: Uint8Array | undefined] {
  const [kid = '', key] = word.split(':')
  const bytes = key === undefined ? undefined : hexBytes(key, '--kid KID:KEY')
  if (bytes && bytes.length !== 16) throw usageError(`--kid: expected a key of 32 hex digits`)
  return [uuidText(uuidBytes(kid, '--kid')), bytes]
}

function boxVersion({ 'pssh-version': version = '0' }: Values): 0 | 1 {
  if (version !== '0' && version !== '1') throw usageError(`--pssh-version: expected 0 or 1, got ${version}`)
  return version === '0' ? 0 : 1
}

function usageError(text: string): CommandError {
  return new CommandError('CLI_USAGE', `${text}; usage: headend ${makeUsage}`)
}

function lines(box: PsshDescription): string {
  const { systemId, system = 'unknown', version, kids, dataHex, widevine, playready, problem } = box
  const said = widevine ?? playready
  return [
    `${system} (${systemId}), version ${version}, ${dataHex.length / 2} bytes of data`,
    ...kids.map((kid) => `  kid ${kid}`),
    ...(said ? [`  ${JSON.stringify(said)}`] : []),
    ...(problem === undefined ? [] : [`  ${problem}`]),
    '',
  ].join('\n')
}
