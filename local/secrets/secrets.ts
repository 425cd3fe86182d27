/** The local Secrets Manager: the service behind the endpoint, and what the runner makes and reads without the wire. */
import { createHash, randomUUID } from 'node:crypto'
import { type JsonProtocol, serveJson } from '../aws-json.ts'
import { type JsonRecord, optionalRecord } from '../json-input.ts'
import { type Authorize, AwsFault, type AwsService } from '../service.ts'
import { detailsOf, emptySecret, secretArn, secretsOperations, valueOf } from './operations.ts'
import { generatedSecret, randomPassword } from './password.ts'
import type { Secret } from './types.ts'
import { openVault } from './vault.ts'
import { current, withVersion } from './versions.ts'

const protocol: JsonProtocol = { version: '1.1', namespace: '', maxBytes: 1024 * 1024 }

export interface SecretsOptions {
  /** The file of the journal; only its owner may read it. */
  readonly path: string
  readonly authorize: Authorize
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
}

export interface Secrets extends AwsService {
  /**
   * Makes a secret from its CloudFormation properties, under `arn` if one is given; answers its ARN. A value once
   * generated stays; a SecretString is put again only when the template says another one.
   */
  createSecret(name: string, properties: JsonRecord, arn?: string): Promise<string>
  /** The current text of a secret, by name or ARN. */
  value(id: string): string | undefined
}

export async function createSecrets({ path, authorize, now = Date.now }: SecretsOptions): Promise<Secrets> {
  const vault = await openVault(path, now)
  const operations = new Map(Object.entries(secretsOperations(vault, { authorize, now })))

  /** A secret that an earlier template gave another name, now under this one. */
  async function moved(name: string, arn: string | undefined): Promise<Secret | undefined> {
    const before = arn === undefined ? undefined : vault.renamed(arn)
    if (before === undefined || arn === undefined) return undefined
    const after = { ...before, name, arn }
    await vault.save(after)
    await vault.remove(before.name)
    return after
  }

  return {
    name: 'secretsmanager',
    handle: (request, response, caller) =>
      serveJson(protocol, { request, response, caller }, ({ operation, input }) => {
        const run = operations.get(operation)
        if (run === undefined)
          throw new AwsFault('UnknownOperationException', `${operation} is not done here`)
        return run(input, caller)
      }),
    async createSecret(name, properties, givenArn) {
      const nowMs = now()
      const existing = vault.find(name) ?? (await moved(name, givenArn))
      const suffix = randomPassword({ PasswordLength: 6, ExcludePunctuation: true })
      const arn = existing?.arn ?? givenArn ?? secretArn(name, suffix)
      const secret = existing ?? emptySecret({ name, arn, input: properties, nowMs })
      const generate = optionalRecord(properties, 'GenerateSecretString')
      const value = valueOf(properties)
      const templateDigest = createHash('sha256')
        .update(JSON.stringify(value ?? generate ?? {}))
        .digest('hex')
      const described = { ...secret, ...detailsOf(properties), templateDigest }
      const fresh = generate !== undefined && secret.versions.length === 0
      const changed = value !== undefined && templateDigest !== secret.templateDigest
      const put = fresh ? { text: generatedSecret(generate) } : changed ? value : undefined
      await vault.save(
        put === undefined
          ? described
          : withVersion(described, { id: randomUUID(), value: put, stages: [current], nowMs }),
      )
      return arn
    },
    value(id) {
      return vault.find(id)?.versions.find(({ stages }) => stages.includes(current))?.text
    },
    close: () => vault.close(),
  }
}
