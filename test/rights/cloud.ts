/** What rights has in AWS, over the wire: the table, KMS and Secrets Manager of the local cloud. */
import { KMSClient } from '@aws-sdk/client-kms'
import { vi } from 'vitest'
import { tableClient } from '../../lib/platform/aws/clients.ts'
import { signedTables } from '../../lib/platform/aws/signed-tables.ts'
import { rightsPorts } from '../../lib/rights/store.ts'
import { createDynamoDb } from '../../local/dynamodb/index.ts'
import { createFaults } from '../../local/faults/index.ts'
import { createKms } from '../../local/kms/index.ts'
import { createSecrets, type Secrets } from '../../local/secrets/index.ts'
import type { Authorize } from '../../local/service.ts'
import { allow, clientOf, scratch, serve } from '../local/serve.ts'
import { rightsTable } from '../packaging/reading/tables.ts'

export const table = 'rights'
export const wrappingKey = '11111111-2222-4333-8444-555555555555'
/** Starts the services and puts their endpoints into the environment; `authorize` is KMS's. */
export async function openRightsCloud(authorize: Authorize = allow) {
  const directory = await scratch()
  const faults = createFaults()
  const dynamoDb = await createDynamoDb({
    path: directory.path,
    authorize: allow,
    sweepEveryMs: false,
    faults,
  })
  await dynamoDb.createTable(table, rightsTable)
  const kms = await createKms({
    path: `${directory.path}/kms.jsonl`,
    authorize,
    roleArn: (role) => role,
  })
  await kms.createKey(wrappingKey, {})
  const secrets: Secrets = await createSecrets({ path: `${directory.path}/secrets.jsonl`, authorize: allow })
  const [servedTable, servedKms, servedSecrets] = await Promise.all([
    serve(dynamoDb),
    serve(kms),
    serve(secrets),
  ])
  const environment = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_DYNAMODB: servedTable.endpoint,
    AWS_ENDPOINT_URL_KMS: servedKms.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: servedSecrets.endpoint,
  }
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  const client = tableClient()
  const tables = signedTables()
  const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length))
  return {
    client,
    /** As functions have them. */
    tables,
    /** What goes wrong with the table. */
    faults,
    kms: new KMSClient(clientOf(servedKms.endpoint)),
    secrets,
    dataDir: directory.path,
    /** A room of its own, as each warm function has one. */
    ports: (now: () => number = Date.now) =>
      rightsPorts({ table, wrappingKey }, { tables, now, randomBytes }),
    async close() {
      vi.unstubAllEnvs()
      await Promise.all([servedTable.close(), servedKms.close(), servedSecrets.close()])
      await Promise.all([dynamoDb.close(), kms.close(), secrets.close()])
      await directory.remove()
    },
  }
}
