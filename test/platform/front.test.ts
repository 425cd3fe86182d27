import { createServer, type Server } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { frontReader } from '../../lib/platform/http/front.ts'
import { createParameters, type Parameters } from '../../local/parameters/index.ts'
import { AwsFault } from '../../local/service.ts'
import { type Served, serve } from '../local/serve.ts'

const front = {
  playbackUrl: 'https://tv.example.com',
  licenceUrl: 'https://tv.example.com/licence',
  distributionId: 'E1',
}
const parameter = '/Headend-test/front'

let nowMs = 0
const reader = (endpoint: string) =>
  frontReader({
    parameter,
    endpoint,
    now: () => nowMs,
    credentials: () => ({ accessKeyId: 'test', secretAccessKey: 'test' }),
  })

describe('the front', () => {
  let parameters: Parameters
  let served: Served
  let asked: string[]
  beforeEach(async () => {
    nowMs = Date.parse('2026-01-01')
    asked = []
    parameters = createParameters({
      authorize: (_, action, resource) => void asked.push(`${action} ${resource}`),
    })
    served = await serve(parameters)
  })
  afterEach(() => served.close())
  const put = (value: unknown) => parameters.put(parameter, { Value: JSON.stringify(value) })

  it('is read by its name in us-east-1, once for all who ask at once and for a minute', async () => {
    put(front)
    const read = reader(served.endpoint)
    expect(await Promise.all([read(), read(), read()])).toEqual([front, front, front])
    nowMs += 59_999
    expect(await read()).toEqual(front)
    expect(asked).toEqual([`ssm:GetParameter arn:aws:ssm:us-east-1:000000000000:parameter${parameter}`])
    const moved = { ...front, playbackUrl: 'https://other.example.com' }
    put(moved)
    nowMs += 1
    expect(await read()).toEqual(moved)
    expect(asked).toHaveLength(2)
  })

  it('that is not deployed yet is for later, and found once it is', async () => {
    const read = reader(served.endpoint)
    await expect(read()).rejects.toMatchObject({ code: 'FRONT_UNKNOWN', status: 503 })
    await expect(read()).rejects.toThrow(/parameter \/Headend-test\/front in us-east-1: .*ParameterNotFound/)
    put(front)
    expect(await read()).toEqual(front)
  })

  it.each([[{ ...front, licenceUrl: 1 }], ['text'], [null]])(
    'is not made up of what says less: %j',
    async (value) => {
      put(value)
      await expect(reader(served.endpoint)()).rejects.toMatchObject({ code: 'FRONT_UNKNOWN', status: 503 })
    },
  )

  it('that was known goes on while it cannot be read, and is asked for again', async () => {
    put(front)
    const read = reader(served.endpoint)
    await read()
    await served.close()
    nowMs += 60_000
    expect(await read()).toEqual(front)
  })
})

describe('a Systems Manager that is busy', () => {
  let server: Server
  let answers: (readonly [number, string])[]
  let endpoint = ''
  let asked = 0
  beforeEach(async () => {
    asked = 0
    server = createServer((_, response) => {
      asked += 1
      const [status, body] = answers.shift() ?? [200, '']
      response.writeHead(status).end(body)
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const address = server.address()
    endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  })
  afterEach(() => void server.close())
  const found = JSON.stringify({ Parameter: { Value: JSON.stringify(front) } })

  it('is asked three times', async () => {
    answers = [
      [503, 'busy'],
      [400, '{"__type":"ThrottlingException"}'],
      [200, found],
    ]
    expect(await reader(endpoint)()).toEqual(front)
    answers = [
      [500, ''],
      [500, ''],
      [500, ''],
      [200, found],
    ]
    await expect(reader(endpoint)()).rejects.toMatchObject({ code: 'FRONT_UNKNOWN' })
    expect(answers).toHaveLength(1)
  })

  it('that refuses is asked once: it will refuse again', async () => {
    answers = [[400, '{"__type":"AccessDeniedException"}']]
    await expect(reader(endpoint)()).rejects.toThrow(/AccessDenied/)
    expect(asked).toBe(1)
  })
})

it('is refused to who has no right to it', async () => {
  const parameters = createParameters({
    authorize: () => {
      throw new AwsFault('AccessDeniedException', 'not authorized', 400)
    },
  })
  parameters.put(parameter, { Value: JSON.stringify(front) })
  const served = await serve(parameters)
  await expect(reader(served.endpoint)()).rejects.toThrow(/FRONT_UNKNOWN|AccessDenied/)
  await served.close()
})
