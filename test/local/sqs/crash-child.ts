/** Sends messages without end, receives some and deletes some of these; prints each step when it is acknowledged. */
import { createSqs } from '../../../local/sqs/index.ts'

const sqs = await createSqs({
  path: process.argv[2] ?? '',
  endpoint: () => 'http://127.0.0.1',
  authorize: () => undefined,
})
const arn = await sqs.createQueue('films', { VisibilityTimeout: 3600 })
const source = sqs.source(arn)
const { signal } = new AbortController()

for (let n = 0; ; n += 10) {
  await Promise.all(
    Array.from({ length: 10 }, async (_, lane) => {
      const body = String(n + lane)
      await sqs.send(arn, body, { kind: 'person' })
      process.stdout.write(`sent ${body}\n`)
    }),
  )
  const [deleted, ...inFlight] = await source.receive({ maximum: 3, waitMs: 0, signal })
  for (const { body } of inFlight) process.stdout.write(`received ${body}\n`)
  await source.delete([deleted?.receiptHandle ?? ''])
  process.stdout.write(`deleted ${deleted?.body}\n`)
}
