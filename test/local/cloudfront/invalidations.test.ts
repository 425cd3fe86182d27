/** Invalidations over the wire, asked as the house asks: by a signed request without the SDK. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { invalidate } from '../../../lib/platform/aws/invalidation.ts'
import { createInvalidations } from '../../../local/cloudfront/index.ts'
import { AwsFault } from '../../../local/service.ts'
import { type Served, serve } from '../serve.ts'

const forgotten: string[] = []
const authorized: string[] = []
let refusal: AwsFault | undefined
/** Long enough for a test to ask again meanwhile. */
const takesMs = 500
let served: Served
let close: () => Promise<void>

beforeEach(async () => {
  forgotten.length = 0
  authorized.length = 0
  refusal = undefined
  const service = createInvalidations({
    authorize: (_caller, action, resource) => {
      authorized.push(`${action} ${resource}`)
      if (refusal) throw refusal
    },
    distributions: () => [{ id: 'E1LOCAL', invalidate: (paths) => void forgotten.push(...paths) }],
    takesMs,
  })
  served = await serve(service)
  close = async () => {
    await served.close()
    await service.close()
  }
})
afterEach(() => close())

const pauses: number[] = []
const ask = (paths: readonly string[], reference = 'one', distributionId = 'E1LOCAL') =>
  invalidate(
    { distributionId, paths, reference },
    {
      credentials: () => ({ accessKeyId: 'test', secretAccessKey: 'test' }),
      now: Date.now,
      endpoint: served.endpoint,
      pauses: { random: () => 0.5, sleep: async (ms) => void pauses.push(ms) },
    },
  )

describe('an invalidation', () => {
  it('is taken at once, and done when the edge locations have it', async () => {
    await ask(['/media/clear/vod/a&b/*'])
    expect(forgotten).toEqual([])
    await expect.poll(() => forgotten).toEqual(['/media/clear/vod/a&b/*'])
    expect(authorized).toEqual([
      'cloudfront:CreateInvalidation arn:aws:cloudfront::000000000000:distribution/E1LOCAL',
    ])
  })

  it('asked twice under one name is one, and another under that name is refused', async () => {
    await ask(['/a'])
    await ask(['/a'])
    await expect(ask(['/b'])).rejects.toThrow(/InvalidArgument/)
    await expect.poll(() => forgotten).toEqual(['/a'])
  })

  it('is read again by its id', async () => {
    const url = `${served.endpoint}/2020-05-31/distribution/E1LOCAL/invalidation`
    const body =
      '<InvalidationBatch><Paths><Quantity>1</Quantity><Items><Path>/x/*</Path></Items></Paths><CallerReference>r</CallerReference></InvalidationBatch>'
    const made = await fetch(url, { method: 'POST', body })
    expect(made.status).toBe(201)
    const text = await made.text()
    const id = /<Id>(\w+)<\/Id>/.exec(text)?.[1]
    expect(text).toContain('<Status>InProgress</Status>')
    expect(made.headers.get('location')).toContain(`/invalidation/${id}`)
    const status = async () => /<Status>(\w+)</.exec(await (await fetch(`${url}/${id}`)).text())?.[1]
    await expect.poll(status).toBe('Completed')
    expect((await fetch(`${url}/INONE`)).status).toBe(404)
  })

  it.each([
    ['without a slash', ['media/*'], /InvalidArgument/],
    ['that is not escaped', ['/a b'], /InvalidArgument/],
    ['of none', [], /InvalidArgument/],
  ])('of paths %s is refused', async (_, paths, words) => {
    await expect(ask(paths)).rejects.toThrow(words)
    await expect(ask(paths)).rejects.toMatchObject({ code: 'INVALIDATION_REFUSED', status: 503 })
  })

  it('of a distribution that is not there, and by who may not, is refused', async () => {
    await expect(ask(['/a'], 'one', 'E2')).rejects.toThrow(/NoSuchDistribution/)
    refusal = new AwsFault('AccessDenied', 'not authorized to perform: cloudfront:CreateInvalidation', 403)
    await expect(ask(['/a'])).rejects.toThrow(/AccessDenied/)
  })

  it('too many are refused until some are done', async () => {
    await ask(Array.from({ length: 15 }, (_, i) => `/a${i}/*`))
    await expect(ask(['/b/*'], 'two')).rejects.toThrow(/TooManyInvalidationsInProgress/)
    await expect.poll(() => forgotten).toHaveLength(15)
    await ask(['/b/*'], 'two')
  })

  it('is asked again where CloudFront fails, and three times at most', async () => {
    refusal = new AwsFault('ServiceUnavailable', 'later', 503)
    pauses.length = 0
    await expect(ask(['/a'])).rejects.toMatchObject({ code: 'INVALIDATION_REFUSED' })
    expect(authorized).toHaveLength(3)
    expect(pauses).toEqual([0, 12.5, 25])
  })
})
