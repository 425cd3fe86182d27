import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { DestinationMessage } from '../../../local/lambda/index.ts'
import { openWorkshop, until, type Workshop } from './workshop.ts'

const counting = `
  import { appendFileSync, readFileSync } from 'node:fs'
  export const handler = async ({ file, failures }) => {
    appendFileSync(file, '.')
    if (readFileSync(file).length <= failures) throw new Error('not yet')
    return 'done'
  }`

async function attempts(file: string): Promise<number> {
  return (await readFile(file, 'utf8').catch(() => '')).length
}

async function open(): Promise<
  Workshop & { readonly sent: { arn: string; message: DestinationMessage; role: string }[] }
> {
  const sent: { arn: string; message: DestinationMessage; role: string }[] = []
  const shop = await openWorkshop({
    limits: { asyncRetryWaitsMs: [20, 40] },
    deliver: async (arn, message, caller) => {
      sent.push({ arn, message, role: caller.kind === 'role' ? caller.role : '' })
    },
  })
  return { ...shop, sent }
}

describe('an asynchronous event', () => {
  it('is tried again until it succeeds, and its success is told', async () => {
    const shop = await open()
    await shop.define('count', counting, { async: { onSuccess: 'arn:aws:sqs:us-east-1:000000000000:done' } })
    const file = join(shop.dir, 'attempts')
    await shop.lambda.invokeAsync('count', JSON.stringify({ file, failures: 2 }))
    await until(() => shop.sent.length > 0)
    expect(await attempts(file)).toBe(3)
    expect(JSON.parse(shop.sent[0]?.message.body ?? '')).toMatchObject({
      version: '1.0',
      requestContext: { condition: 'Success', approximateInvokeCount: 3 },
      responsePayload: 'done',
    })
    expect(await readdir(join(shop.dir, 'data', 'events'))).toEqual([])
    await shop.close()
  })

  it('goes to the dead letter queue and the on-failure destination after three attempts', async () => {
    const shop = await open()
    await shop.define('count', counting, {
      async: {
        onFailure: 'arn:aws:sqs:us-east-1:000000000000:failed',
        deadLetterArn: 'arn:aws:sqs:us-east-1:000000000000:dead',
      },
    })
    const file = join(shop.dir, 'attempts')
    const payload = JSON.stringify({ file, failures: 9 })
    const { requestId } = await shop.lambda.invokeAsync('count', payload)
    await until(() => shop.sent.length === 2)
    expect(await attempts(file)).toBe(3)
    expect(shop.sent.map(({ role }) => role)).toEqual(['countRole', 'countRole'])
    expect(JSON.parse(shop.sent[0]?.message.body ?? '')).toMatchObject({
      requestContext: { requestId, condition: 'RetriesExhausted', approximateInvokeCount: 3 },
      requestPayload: { failures: 9 },
      responseContext: { functionError: 'Unhandled' },
      responsePayload: { errorMessage: 'not yet' },
    })
    expect(shop.sent[1]).toMatchObject({
      arn: expect.stringContaining(':dead'),
      message: {
        body: payload,
        attributes: { RequestID: requestId, ErrorCode: '200', ErrorMessage: 'not yet' },
      },
    })
    await shop.close()
  })

  it('may be passed on to another function', async () => {
    const shop = await open()
    const file = join(shop.dir, 'attempts')
    await shop.define('first', `export const handler = async () => 'x'`, {
      async: { onSuccess: 'arn:aws:lambda:us-east-1:000000000000:function:second' },
    })
    await shop.define(
      'second',
      `import { appendFileSync } from 'node:fs'; export const handler = async () => appendFileSync('${file}', '.')`,
    )
    await shop.lambda.invokeAsync('first', '{}')
    await until(async () => (await attempts(file)) === 1)
    await shop.close()
  })

  it('that was accepted survives kill -9', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'lambda-'))
    const script = fileURLToPath(new URL('killed-while-running.ts', import.meta.url))
    const child = spawn(process.execPath, [script, dir], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'exit')
    const shop = await openWorkshop({ dir })
    const file = join(dir, 'attempts')
    await shop.define(
      'patient',
      `import { appendFileSync } from 'node:fs'; export const handler = async () => appendFileSync('${file}', '.')`,
    )
    await shop.lambda.resume()
    await until(async () => (await attempts(file)) === 1)
    await until(async () => (await readdir(join(dir, 'data', 'events'))).length === 0)
    await shop.close()
    await rm(dir, { recursive: true, force: true })
  })
})
