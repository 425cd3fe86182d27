import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSqs, type Sqs } from '../../../local/sqs/index.ts'
import { killedAfter } from '../killed.ts'
import { allow, scratch } from '../serve.ts'

describe('the local SQS over restarts', () => {
  let directory: Awaited<ReturnType<typeof scratch>>
  let path: string
  beforeEach(async () => {
    directory = await scratch()
    path = join(directory.path, 'sqs.jsonl')
  })
  afterEach(() => directory.remove())

  const open = () => createSqs({ path, endpoint: () => 'http://127.0.0.1', authorize: allow })
  const arn = 'arn:aws:sqs:us-east-1:000000000000:films'
  async function drain(sqs: Sqs): Promise<readonly string[]> {
    const bodies: string[] = []
    const source = sqs.source(arn)
    const { signal } = new AbortController()
    for (;;) {
      const messages = await source.receive({ maximum: 10, waitMs: 0, signal })
      if (messages.length === 0) return bodies
      bodies.push(...messages.map(({ body }) => body))
    }
  }

  it('has all that was sent after kill -9, in flight or not, and nothing that was deleted', async () => {
    const child = new URL('crash-child.ts', import.meta.url)
    const lines = await killedAfter(child, [path], (printed) => printed.length >= 500)
    const of = (what: string) =>
      lines.filter((line) => line.startsWith(what)).map((line) => line.slice(what.length + 1))
    const deleted = new Set(of('deleted'))
    const sqs = await open()
    try {
      const found = new Set(await drain(sqs))
      for (const body of of('sent')) if (!deleted.has(body)) expect(found).toContain(body)
      for (const body of of('received')) expect(found).toContain(body)
      for (const body of deleted) expect(found).not.toContain(body)
    } finally {
      await sqs.close()
    }
  })

  it('keeps receive counts and order, and drops a line that was cut off', async () => {
    const first = await open()
    await first.createQueue('films', { VisibilityTimeout: 3600 })
    for (const body of ['a', 'b', 'c']) await first.send(arn, body, { kind: 'person' })
    const { signal } = new AbortController()
    await first.source(arn).receive({ maximum: 1, waitMs: 0, signal })
    await first.close()
    await writeFile(path, `${await readFile(path, 'utf8')}{"op":"message","queue":"films","mess`)
    const second = await open()
    const messages = await second.source(arn).receive({ maximum: 10, waitMs: 0, signal })
    expect(messages.map(({ body, attributes }) => [body, attributes['ApproximateReceiveCount']])).toEqual([
      ['a', '2'],
      ['b', '1'],
      ['c', '1'],
    ])
    await second.close()
  })

  it('does not grow with what is gone', async () => {
    const sqs = await open()
    await sqs.createQueue('films', {})
    const source = sqs.source(arn)
    const { signal } = new AbortController()
    for (let n = 0; n < 30; n++) {
      await sqs.send(arn, 'x'.repeat(1024 * 1024), { kind: 'person' })
      const [message] = await source.receive({ maximum: 1, waitMs: 0, signal })
      await source.delete([message?.receiptHandle ?? ''])
    }
    await sqs.close()
    expect((await readFile(path)).length).toBeLessThan(20 * 1024 * 1024)
    await (await open()).close()
    expect((await readFile(path)).length).toBeLessThan(1024)
  })
})
