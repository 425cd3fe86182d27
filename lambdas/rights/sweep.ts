/** Maintains the edge store: finishes interrupted publications, builds marks, removes expired entries. */
import type { Context } from 'aws-lambda'
import { s3Client, tableClient } from '../../lib/platform/aws/clients.ts'
import { maxStoreBytes } from '../../lib/platform/aws/key-values.ts'
import { runtime, runtimeFront } from '../../lib/platform/aws/runtime.ts'
import { readConfig } from '../../lib/platform/config.ts'
import { logOf } from '../../lib/platform/log.ts'
import { ensureMarks, finishTurns, sweepEntries, tellDue, writeMarks } from '../../lib/rights/index.ts'
import { publishing, publishingNames } from '../../lib/rights/store.ts'

let log = logOf({ handler: 'sweep' })
const { sweep } = publishing(readConfig(publishingNames), {
  client: tableClient(),
  s3: s3Client(),
  front: runtimeFront(),
  invalidation: runtime,
  now: Date.now,
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  report: (event, error) => log.error(event, error),
})

/** A schedule sets `everything` for a full sweep, which takes minutes; without it, only pending work is done. */
export async function handler({ everything = false }: { everything?: boolean }, { awsRequestId }: Context) {
  log = logOf({ handler: 'sweep', requestId: awsRequestId })
  // First: an asset whose publication was interrupted may not have a row yet from which its mark could be rebuilt.
  const finished = await finishTurns(sweep)
  await ensureMarks(sweep)
  const told = await tellDue(sweep)
  if (everything) await writeMarks(sweep)
  const swept = everything ? await sweepEntries(sweep) : 0
  const { bytes, entries } = await sweep.values.size()
  const fullPercent = Math.round((100 * bytes) / maxStoreBytes)
  log.info('edge store swept', { finished, told, swept, bytes, entries, fullPercent })
  return { finished, told, swept, bytes, entries }
}
