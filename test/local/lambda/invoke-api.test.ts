import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorkshop, until, type Workshop } from './workshop.ts'

const run = promisify(execFile)
let shop: Workshop
const server = createServer(
  (request, response) => void shop.lambda.handle(request, response, { kind: 'person' }),
)
let url: string
beforeAll(async () => {
  shop = await openWorkshop()
  await shop.define(
    'echo',
    `export const handler = async (event) => { if (event.fail) throw new Error('as told'); return event }`,
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // An address family is only a string for a pipe.
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server.close()
  await shop.close()
})

function invoke(name: string, body: string, type?: string): Promise<Response> {
  return fetch(`${url}/2015-03-31/functions/${name}/invocations`, {
    method: 'POST',
    body,
    headers: type === undefined ? {} : { 'x-amz-invocation-type': type },
  })
}

describe('the Invoke API', () => {
  it('answers with the result and marks errors of the function', async () => {
    const good = await invoke('echo', '{"a":1}')
    expect([good.status, good.headers.get('x-amz-function-error'), await good.json()]).toEqual([
      200,
      null,
      { a: 1 },
    ])
    const bad = await invoke('echo', '{"fail":1}')
    expect([bad.status, bad.headers.get('x-amz-function-error')]).toEqual([200, 'Unhandled'])
    expect(await bad.json()).toMatchObject({ errorMessage: 'as told' })
  })

  it('accepts events and dry runs', async () => {
    expect((await invoke('echo', '{}', 'DryRun')).status).toBe(204)
    const before = shop.lambda.stats()['echo']?.invocations ?? 0
    expect((await invoke('echo', '{}', 'Event')).status).toBe(202)
    await until(() => (shop.lambda.stats()['echo']?.invocations ?? 0) === before + 1)
  })

  it('says no in the words of the SDK', async () => {
    const missing = await invoke('nobody', '{}')
    expect([missing.status, missing.headers.get('x-amzn-errortype')]).toEqual([
      404,
      'ResourceNotFoundException',
    ])
    const large = await invoke('echo', JSON.stringify('x'.repeat(7e6)))
    expect([large.status, large.headers.get('x-amzn-errortype')]).toEqual([413, 'RequestTooLargeException'])
  })

  it('is understood by the AWS CLI', async ({ skip }) => {
    const found = await run('aws', ['--version']).then(
      () => true,
      () => false,
    )
    skip(!found, 'the AWS CLI is not installed')
    const out = `${shop.dir}/out.json`
    const payload = `${shop.dir}/in.json`
    await writeFile(payload, '{"film":1}')
    const { stdout } = await run(
      'aws',
      [
        'lambda',
        'invoke',
        '--endpoint-url',
        url,
        '--function-name',
        'echo',
        '--payload',
        `fileb://${payload}`,
        out,
      ],
      {
        env: {
          ...process.env,
          AWS_ACCESS_KEY_ID: 'a',
          AWS_SECRET_ACCESS_KEY: 'b',
          AWS_DEFAULT_REGION: 'us-east-1',
        },
      },
    )
    expect(JSON.parse(stdout)).toMatchObject({ StatusCode: 200 })
    expect(JSON.parse(await readFile(out, 'utf8'))).toEqual({ film: 1 })
  })
})
