/** Keeps what the edge is told in order: publications that broke off are finished, marks are made, what is over goes. */
import type { Context } from 'aws-lambda'
import { s3Client, tableClient } from '../../lib/platform/aws/clients.ts'
import { maxStoreBytes } from '../../lib/platform/aws/key-values.ts'
import { runtime, runtimeFront } from '../../lib/platform/aws/runtime.ts'
import { readConfig } from '../../lib/platform/config.ts'
import { logOf } from '../../lib/platform/log.ts'
import { ensureMarks, finishTurns, sweepEntries, writeMarks } from '../../lib/rights/index.ts'
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

/** A schedule says whether everything is to be gone through, which takes minutes, or what waits alone. */
export async function handler({ everything = false }: { everything?: boolean }, { awsRequestId }: Context) {
  log = logOf({ handler: 'sweep', requestId: awsRequestId })
  // First: a film whose publication broke off may have no row yet by which its mark is made anew.
  const finished = await finishTurns(sweep)
  await ensureMarks(sweep)
  if (everything) await writeMarks(sweep)
  const swept = everything ? await sweepEntries(sweep) : 0
  const { bytes, entries } = await sweep.values.size()
  const fullPercent = Math.round((100 * bytes) / maxStoreBytes)
  log.info('edge store swept', { finished, swept, bytes, entries, fullPercent })
  return { finished, swept, bytes, entries }
}
