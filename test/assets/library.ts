/** Assets as operators work on them: the API over the local cloud, ingest at its queue, and a stranger at the edge. */
import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import { GetCommand } from '@aws-sdk/lib-dynamodb'
import { vi } from 'vitest'
import type { ApiPorts } from '../../lib/api/index.ts'
import { assetPorts } from '../../lib/assets/api/store.ts'
import { s3Client, tableClient } from '../../lib/platform/aws/clients.ts'
import { keyValues } from '../../lib/platform/aws/key-values.ts'
import { presentationStore } from '../../lib/presentations/store.ts'
import { edgeMarks, publicationStore } from '../../lib/rights/assets/store.ts'
import { publishProtection, showProtected, sweepEntries } from '../../lib/rights/index.ts'
import type { PublicationStore, Publish } from '../../lib/rights/publication/publish.ts'
import { forgetSealed, sealContent } from '../../lib/rights/publication/seal.ts'
import { turnStore } from '../../lib/rights/publication/store.ts'
import { functionCode } from '../../scripts/build.ts'
import { memoryApi } from '../api/parts.ts'
import { briefly, eventOf, runInRealm } from '../delivery/viewer-events.ts'
import { openSqs } from '../local/sqs/opened.ts'
import { openCloud } from '../packaging/cloud.ts'
import { memoryRights } from '../rights/memory.ts'

/** Everything, opened. Policies and keys are in memory; rows, objects, marks, turns and messages in the local cloud. */
export async function openLibrary() {
  const cloud = await openCloud()
  const queues = await openSqs()
  const queue = await queues.queue('ingest')
  const { environment } = cloud
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  vi.stubEnv('AWS_ENDPOINT_URL_SQS', new URL(queue).origin)
  const arn = String(environment['SESSION_STORE'])
  const values = keyValues(arn)
  const clock = { nowMs: Date.parse('2026-12-01T00:00:00Z') }
  const now = () => clock.nowMs
  const rights = memoryRights(clock.nowMs)
  const invalidated: string[] = []
  let owners = 0
  const store: PublicationStore = {
    ...publicationStore({ s3: s3Client(), mediaBucket: 'media', client: tableClient(), indexTable: 'index' }),
    marks: edgeMarks(values),
    turns: {
      store: turnStore({ table: 'rights', client: tableClient(), now }),
      owner: () => `owner ${owners++}`,
    },
    async invalidate(paths) {
      invalidated.push(...paths)
    },
    report: () => undefined,
  }
  const publish: Publish = (contentId, publication) =>
    publishProtection(rights.ports, contentId, {
      store,
      licenceUrl: 'https://licence.example/licence',
      ...publication,
    })
  const ports = { ...cloud.ports, showProtected: showProtected(publish) }
  const { assets, uploads, work } = assetPorts(
    { INDEX_TABLE: 'index', MEDIA_BUCKET: 'media', UPLOAD_BUCKET: 'upload', INGEST_QUEUE: queue },
    now,
  )
  const presentations = presentationStore({ table: 'index', mediaBucket: 'media' })
  const table = tableClient()
  const code = await functionCode('lambdas/delivery/viewer-request.js')
  const marks = async (): Promise<Record<string, string>> => {
    const found: Record<string, string> = {}
    for await (const [name, value] of values.list('')) found[name] = value
    return found
  }

  return {
    cloud,
    clock,
    rights,
    invalidated,
    marks,
    /** The API; `broken` takes the place of what works. */
    api: (
      broken: (whole: Pick<ApiPorts, 'work' | 'sealing' | 'presentations'>) => Partial<ApiPorts> = () => ({}),
    ) => {
      const sealer = { store, now, protection: rights.ports.protection }
      const sealing: ApiPorts['sealing'] = {
        seal: (contentId) => sealContent(sealer, contentId),
        forgetSealed: (contentId) => forgetSealed(sealer, contentId),
      }
      return memoryApi({
        assets,
        uploads,
        work,
        sealing,
        now,
        presentations,
        rights: { ...rights.ports, publish: (contentId, change) => publish(contentId, { change }) },
        ...broken({ work, sealing, presentations }),
      }).call
    },
    /** A row of the index. */
    async row(Key: Readonly<Record<string, string>>) {
      const { Item } = await table.send(new GetCommand({ TableName: 'index', Key, ConsistentRead: true }))
      return Item
    },
    /** Somebody who began to index a film before it was deleted comes to its end. */
    comesLate: (contentId: string) =>
      showProtected(publish)(contentId, {
        stated: undefined,
        commonMs: 6000,
        show: () => Promise.resolve(false),
      }),
    ingest: (bodies: readonly string[]) => cloud.ingest(bodies, { ports }),
    /** Messages of the queue, each as often as it is wanted. */
    async told(times = 1): Promise<readonly string[]> {
      const { Messages = [] } = await queues.client.send(
        new ReceiveMessageCommand({ QueueUrl: queue, MaxNumberOfMessages: 10 }),
      )
      for (const { ReceiptHandle } of Messages)
        await queues.client.send(new DeleteMessageCommand({ QueueUrl: queue, ReceiptHandle }))
      return Messages.flatMap(({ Body = '' }) => Array.from({ length: times }, () => Body))
    },
    /** What the edge says to who has no session, path by path. */
    async stranger(paths: readonly string[]): Promise<readonly string[]> {
      const atTheEdge = { m: 'ready', ...(await marks()) }
      return runInRealm(
        code,
        paths.map((path) => ({ event: eventOf(path), store: atTheEdge })),
      ).map(briefly)
    },
    sweep: () =>
      sweepEntries({
        values,
        protection: rights.ports.protection,
        protectedFilms: () => noFilms(),
        publish,
        turns: { unfinished: () => Promise.resolve([]) },
        now,
        report: () => undefined,
      }),
    async close() {
      await cloud.close()
      await queues.close()
    },
  }
}

async function* noFilms(): AsyncIterable<readonly string[]> {
  // Sweeping alone asks for none.
}
