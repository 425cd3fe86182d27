/** The local KMS: the service behind the endpoint, and the keys the runner makes of a template. */
import { randomBytes } from 'node:crypto'
import { type JsonProtocol, serveJson } from '../aws-json.ts'
import { flag, type JsonRecord, optionalInteger, optionalText } from '../json-input.ts'
import { type Authorize, AwsFault, type AwsService } from '../service.ts'
import { administrativeOperations, newKey } from './administration.ts'
import { cryptographicOperations } from './cryptography.ts'
import { openKeyring } from './keyring.ts'
import { usableKeys } from './usable-keys.ts'

const protocol: JsonProtocol = { version: '1.1', namespace: '', maxBytes: 64 * 1024 }

export interface KmsOptions {
  /** The file of the journal; only its owner may read it. */
  readonly path: string
  readonly authorize: Authorize
  /** ARN of a role of the template, as grants name it. */
  readonly roleArn: (role: string) => string | undefined
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
}

export interface Kms extends AwsService {
  /** Makes a key of its CloudFormation properties under its id; one that is there keeps its material. */
  createKey(id: string, properties: JsonRecord): Promise<void>
  /** Points an alias (`alias/name`) at a key. */
  createAlias(name: string, keyId: string): Promise<void>
}

export async function createKms({ path, authorize, roleArn, now = Date.now }: KmsOptions): Promise<Kms> {
  const keyring = await openKeyring(path, now)
  const keys = usableKeys(keyring, { authorize, roleArn })
  const operations = new Map(
    Object.entries({
      ...administrativeOperations(keyring, keys, { authorize, now }),
      ...cryptographicOperations(keyring, keys),
    }),
  )
  operations.set('GenerateRandom', (input, caller) => {
    authorize(caller, 'kms:GenerateRandom', '*')
    const bytes = optionalInteger(input, 'NumberOfBytes', { min: 1, max: 1024 }) ?? 32
    return { Plaintext: randomBytes(bytes).toString('base64') }
  })

  return {
    name: 'kms',
    handle: (request, response, caller) =>
      serveJson(protocol, { request, response, caller }, ({ operation, input }) => {
        const run = operations.get(operation)
        if (run === undefined)
          throw new AwsFault('UnknownOperationException', `${operation} is not done here`)
        if (flag(input, 'DryRun')) throw new AwsFault('ValidationException', 'DryRun is not done here')
        return run(input, caller)
      }),
    async createKey(id, properties) {
      const { KeyPolicy: given, EnableKeyRotation: _, Enabled: _enabled, ...rest } = properties
      const policy = { Policy: JSON.stringify(given ?? {}) }
      const fresh = keyring.find(id) ?? newKey(id, { ...rest, ...policy }, now())
      await keyring.save({
        ...fresh,
        policy: policy.Policy,
        description: optionalText(properties, 'Description') ?? '',
        rotates: properties['EnableKeyRotation'] === true,
        enabled: properties['Enabled'] !== false,
      })
    },
    createAlias: (name, keyId) => keyring.saveAlias(name, keyring.known(keyId).id),
    close: () => keyring.close(),
  }
}
