/** `headend keys export` and `keys import`: content keys out to a certificate's owner, and in from elsewhere. */
import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { isErrorCode } from '../../lib/errors/table.ts'
import { HeadendError } from '../../lib/errors.ts'
import {
  type Cpix,
  decryptKeys,
  printCpix,
  readCpix,
  verifySignatures,
} from '../../lib/formats/cpix/index.ts'
import { signedHeaders } from '../../lib/platform/aws/sigv4.ts'
import { cpixCrypto, unwrapWith } from '../../lib/platform/crypto/cpix-crypto.ts'
import { CommandError } from '../errors.ts'
import { type Command, parse } from './command.ts'
import { choosePlace, outputNamed, type PlaceValues, placeOptions, placeUsage } from './place.ts'

const exportUsage = `keys export --content vod/FILM --recipient CERTIFICATE.pem ${placeUsage}`
const importUsage = `keys import FILE.cpix.xml [--key PRIVATE_KEY.pem] ${placeUsage}`

export const keysExportCommand: Command = {
  name: 'keys export',
  usage: exportUsage,
  summary: "prints a content's keys as CPIX, encrypted to a certificate",
  async run(args) {
    const { values } = parse(args, {
      options: { ...placeOptions, content: { type: 'string' }, recipient: { type: 'string' } },
      positionals: 0,
      usage: exportUsage,
    })
    const { content, recipient } = values
    if (content === undefined || recipient === undefined)
      throw new CommandError('CLI_USAGE', `expected --content and --recipient; usage: headend ${exportUsage}`)
    const { raw } = certificateIn(recipient)
    const body = JSON.stringify({ content, recipient: raw.toString('base64') })
    const document = await ask('/keys/export', { type: 'application/json', body }, values)
    return document.endsWith('\n') ? document : `${document}\n`
  },
}

export const keysImportCommand: Command = {
  name: 'keys import',
  usage: importUsage,
  summary: 'takes in the keys of a CPIX document; encrypted ones are opened here, with your private key',
  async run(args) {
    const { values, positionals } = parse(args, {
      options: { ...placeOptions, key: { type: 'string' } },
      positionals: 1,
      usage: importUsage,
    })
    const [file = ''] = positionals
    const document = readCpix(readFileSync(file))
    verifySignatures(cpixCrypto, document)
    const body = printCpix(clear(document.cpix, values.key))
    return `${await ask('/keys/import', { type: 'application/xml', body }, values)}\n`
  },
}

/** The document with its keys in the clear, and of it no more than keys and what they are for. */
function clear(cpix: Cpix, keyFile: string | undefined): Cpix {
  const { contentId, id, version = '2.3', keys, periods, rules } = cpix
  const opened = keyFile === undefined ? new Map<string, Uint8Array>() : openWith(cpix, keyFile)
  return {
    ...(contentId === undefined ? id !== undefined && { contentId: id } : { contentId }),
    version,
    deliveries: [],
    keys: keys.map((key) => {
      const plain = opened.get(key.kid) ?? key.secret?.plain
      if (plain) return { ...key, secret: { plain } }
      const why =
        keyFile === undefined ? 'it is encrypted or absent: name your private key by --key' : 'it is absent'
      throw new CommandError('KEYS_CLOSED', `${key.kid}: expected a key, ${why}`)
    }),
    systems: [],
    periods,
    rules,
    history: [],
  }
}

function openWith(cpix: Cpix, keyFile: string): Map<string, Uint8Array> {
  const key = privateKeyIn(keyFile)
  const own = createPublicKey(key).export({ type: 'spki', format: 'der' })
  const certificate = cpix.deliveries
    .flatMap(({ certificates }) => certificates)
    .find((one) => new X509Certificate(one).publicKey.export({ type: 'spki', format: 'der' }).equals(own))
  if (!certificate)
    throw new HeadendError(
      'CPIX_RECIPIENT',
      `${keyFile}: expected the key of one of the document's recipients`,
      { status: 422 },
    )
  return decryptKeys(cpixCrypto, cpix, { certificate, unwrap: unwrapWith(key) })
}

function privateKeyIn(file: string): KeyObject {
  const pem = readFileSync(file)
  try {
    return createPrivateKey(pem)
  } catch {
    throw new CommandError('KEYS_PRIVATE_KEY', `${file}: expected a private key in PEM`)
  }
}

function certificateIn(file: string): X509Certificate {
  const bytes = readFileSync(file)
  try {
    return new X509Certificate(bytes)
  } catch {
    throw new HeadendError('CPIX_CERTIFICATE', `${file}: expected an X.509 certificate in PEM or DER`, {
      status: 422,
    })
  }
}

/** Signs as whoever the environment or profile says one is, and gives what the key server answers. */
async function ask(
  path: string,
  { type, body }: { readonly type: string; readonly body: string },
  values: PlaceValues,
): Promise<string> {
  const outputs = await choosePlace(values)
  const url = new URL(`${outputNamed(outputs, 'SpekeUrl')}${path}`)
  const { host: _, ...headers } = signedHeaders(
    {
      method: 'POST',
      host: url.host,
      path: url.pathname,
      query: '',
      headers: { 'content-type': type },
      body,
    },
    {
      service: 'execute-api',
      region: process.env['AWS_REGION'] ?? 'us-east-1',
      // Any client knows how to find them: environment, profile, single sign-on.
      credentials: await new SecretsManagerClient({}).config.credentials(),
      nowMs: Date.now(),
    },
  )
  const response = await fetch(url, { method: 'POST', headers, body })
  const text = await response.text()
  if (response.ok) return text
  throw refusal(response.status, text)
}

function refusal(status: number, text: string): CommandError {
  const [, code = '', message = ''] =
    /^\{"error":\{"code":"([A-Z0-9_]+)","message":(".*")\}\}$/.exec(text) ?? []
  return isErrorCode(code)
    ? new CommandError(code, String(JSON.parse(message)))
    : new CommandError('KEYS_REFUSED', `the key server answered ${status}: ${text.slice(0, 200)}`)
}
