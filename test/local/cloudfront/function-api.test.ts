/** CloudFront's API of viewer functions over the wire: what a deployment is proved by. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EdgeFault } from '../../../local/cloudfront/edge-lambda/edge-fault.ts'
import { createFunctionApi } from '../../../local/cloudfront/index.ts'
import { AwsFault } from '../../../local/service.ts'
import { type Served, serve } from '../serve.ts'

let served: Served
let refusal: AwsFault | undefined
const authorized: string[] = []

beforeEach(async () => {
  refusal = undefined
  authorized.length = 0
  served = await serve(
    createFunctionApi({
      authorize: (_caller, action, resource) => {
        authorized.push(`${action} ${resource}`)
        if (refusal) throw refusal
      },
      functions: () => [
        { name: 'goes-on', code: 'a', test: () => ({ uri: '/a' }) },
        { name: 'answers', code: 'b', test: () => ({ statusCode: 403 }) },
        {
          name: 'fails',
          code: 'c',
          test: () => {
            throw new EdgeFault('FunctionExecutionError', 'none is not defined')
          },
        },
      ],
    }),
  )
})
afterEach(() => served.close())

const path = (name: string, rest: string) => `${served.endpoint}/2020-05-31/function/${name}/${rest}`
const etagOf = async (name: string) =>
  (await fetch(path(name, 'describe?Stage=LIVE'))).headers.get('etag') ?? ''

async function test(name: string, event: unknown = {}, etag?: string) {
  const encoded = Buffer.from(JSON.stringify(event)).toString('base64')
  const response = await fetch(path(name, 'test'), {
    method: 'POST',
    headers: { 'if-match': etag ?? (await etagOf(name)) },
    body: `<TestFunctionRequest><EventObject>${encoded}</EventObject><Stage>LIVE</Stage></TestFunctionRequest>`,
  })
  const text = await response.text()
  const member = (tag: string) =>
    new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(text)?.[1]?.replaceAll('&quot;', '"')
  return { status: response.status, member }
}

describe('a viewer function that is tested', () => {
  it.each([
    ['goes-on', '{"request":{"uri":"/a"}}', ''],
    ['answers', '{"response":{"statusCode":403}}', ''],
    ['fails', '', 'none is not defined'],
  ])('and %s gives its output or its error', async (name, output, error) => {
    const { status, member } = await test(name)
    expect([status, member('FunctionOutput'), member('FunctionErrorMessage')]).toEqual([200, output, error])
    expect(authorized.at(-1)).toBe(
      `cloudfront:TestFunction arn:aws:cloudfront::000000000000:function/${name}`,
    )
  })

  it('must be named by the version that is meant', async () => {
    const { status, member } = await test('answers', {}, await etagOf('goes-on'))
    expect([status, member('Code')]).toEqual([400, 'InvalidIfMatchVersion'])
  })

  it('must be there, and be given an event that is an object', async () => {
    expect((await test('none')).member('Code')).toBe('NoSuchFunctionExists')
    expect((await test('answers', 7)).member('Code')).toBe('InvalidArgument')
  })

  it('is tested by those alone who may', async () => {
    const etag = await etagOf('answers')
    refusal = new AwsFault('AccessDenied', 'no', 403)
    expect((await test('answers', {}, etag)).status).toBe(403)
  })
})
