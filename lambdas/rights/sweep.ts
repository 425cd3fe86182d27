/** Keeps what the edge is told in order: publications that broke off are finished, marks are made, what is over goes. */
import type { Context } from 'aws-lambda'
import { s3Client, tableClient } from '../../lib/platform/clients.ts'
import { mostStoreBytes } from '../../lib/platform/key-values.ts'
import { logOf } from '../../lib/platform/log.ts'
import { runtime, runtimeFront } from '../../lib/platform/runtime.ts'
import { ensureMarks, finishTurns, sweepEntries, writeMarks } from '../../lib/rights/index.ts'
import { publishing, rightsRoom } from '../../lib/rights/store.ts'

const environment = (name: string): string => process.env[name] ?? ''
const client = tableClient()
const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length))
const table = environment('RIGHTS_TABLE')
const rights = rightsRoom(
  { table, wrappingKey: environment('CONTENT_KEYS') },
  { client, now: Date.now, randomBytes },
)
let log = logOf({ handler: 'sweep' })
const { sweep } = publishing(
  rights,
  {
    rightsTable: table,
    indexTable: environment('INDEX_TABLE'),
    mediaBucket: environment('MEDIA_BUCKET'),
    edgeStore: environment('SESSION_STORE'),
  },
  {
    client,
    s3: s3Client(),
    front: runtimeFront(),
    report: (event, error) => log.error(event, error),
    invalidation: runtime,
  },
)

/** A schedule says whether everything is to be gone through, which takes minutes, or what waits alone. */
export async function handler({ everything = false }: { everything?: boolean }, { awsRequestId }: Context) {
  log = logOf({ handler: 'sweep', requestId: awsRequestId })
  // First: a film whose publication broke off may have no row yet by which its mark is made anew.
  const finished = await finishTurns(sweep)
  await ensureMarks(sweep)
  if (everything) await writeMarks(sweep)
  const swept = everything ? await sweepEntries(sweep) : 0
  const { bytes, entries } = await sweep.values.size()
  const fullPercent = Math.round((100 * bytes) / mostStoreBytes)
  log.info('edge store swept', { finished, swept, bytes, entries, fullPercent })
  return { finished, swept, bytes, entries }
}
