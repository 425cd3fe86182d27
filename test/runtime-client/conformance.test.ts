/** Handlers under AWS's runtime client and under ours: what leaves is the same, to the byte. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorkshop, type Workshop } from '../local/lambda/workshop.ts'
import { startFunction } from './runtime-api.ts'

let shop: Workshop
let folder: string
beforeAll(async () => {
  shop = await openWorkshop()
  folder = await mkdtemp(join(tmpdir(), 'runtime-'))
})
afterAll(async () => {
  await shop.close()
  await rm(folder, { recursive: true, force: true })
})

const cases: Readonly<Record<string, string>> = {
  'writes and ends': `out.write('film'); out.end()`,
  'ends with its only chunk': `out.end('film')`,
  'ends without a byte': `out.end()`,
  'writes nothing and ends': `out.write(''); out.end()`,
  'pipes nothing': `await pipeline(Readable.from([]), out)`,
  'pipes chunks': `await pipeline(Readable.from(['a', 'b']), out)`,
  'pipes much': `await pipeline(Readable.from(Array.from({ length: 9 }, () => Buffer.alloc(99_999, 'a'))), out)`,
  'writes what is neither text nor bytes': `out.write({ a: [1] }); out.end()`,
  'writes a view': `out.write(new Uint8Array([0, 65, 66, 0]).subarray(1, 3)); out.end()`,
  'names its type too late': `out.write('a'); try { out.setContentType('b') } catch ({ name }) { out.end(name) }`,
  'throws before its first write': `throw new Error('lost')`,
  'throws behind its first write': `out.write('half'); throw new Error('lost')`,
  'throws behind its end': `out.write('all'); out.end(); await finished(out); throw new Error('lost')`,
  'destroys it and throws': `out.write(Buffer.alloc(99_999)); await later(); out.destroy(); throw new Error('lost')`,
  'pipes a source that breaks': `await pipeline(Readable.from((async function* () { yield 'half'; await later(); throw new Error('lost') })()), out)`,
}

const source = (body: string) => `
  import { once } from 'node:events'
  import { Readable } from 'node:stream'
  import { finished, pipeline } from 'node:stream/promises'
  const later = () => new Promise((resolve) => setTimeout(resolve, 50))
  export const handler = awslambda.streamifyResponse(async (event, stream) => {
    if (event.again) { stream.end('again'); return }
    const out = awslambda.HttpResponseStream.from(stream, { statusCode: 206, headers: { a: 'b' } })
    ${body}
  })`

/** What a reader of the response is left with. */
interface Left {
  readonly contentType: string | undefined
  /** Of a response that broke, how much arrives is chance. */
  readonly text: string | undefined
  readonly end: 'whole' | 'broken' | 'error'
  /** The environment answers the next invocation, too. */
  readonly lives: boolean
}

async function underAws(body: string): Promise<Left> {
  const dir = join(folder, 'aws')
  await mkdir(dir, { recursive: true })
  await writeFile(join(dir, 'index.mjs'), source(body))
  const running = await startFunction({ folder: dir })
  try {
    const { headers, bytes, ended, trailers } = await running.invoke({})
    const lives = await running.invoke({ again: true }).then(
      (again) => again.bytes.toString() === 'again',
      () => false,
    )
    const contentType = headers['content-type']
    // Lambda knows by the trailers that a function failed; of a response that has begun, its reader does not.
    if (bytes.length === 0 && trailers['lambda-runtime-function-error-type'] !== undefined)
      return { contentType: undefined, text: undefined, end: 'error', lives }
    return ended
      ? { contentType, text: bytes.toString('latin1'), end: 'whole', lives }
      : { contentType, text: undefined, end: 'broken', lives }
  } finally {
    await running.close()
  }
}

async function underOurs(name: string, body: string): Promise<Left> {
  await shop.define(name, source(body))
  const left = await leftOf(name)
  await shop.lambda.invoke(name, '{"again":true}')
  return { ...left, lives: shop.lambda.stats()[name]?.coldStarts === 1 }
}

async function leftOf(name: string): Promise<Omit<Left, 'lives'>> {
  const streamed = await shop.lambda.invokeStreaming(name, '{}')
  if (streamed.kind === 'buffered') return { contentType: undefined, text: undefined, end: 'error' }
  const { contentType } = streamed
  try {
    const text = Buffer.concat(await streamed.body.toArray()).toString('latin1')
    return { contentType, text, end: 'whole' }
  } catch {
    return { contentType, text: undefined, end: 'broken' }
  }
}

describe('a streaming handler that', () => {
  it.each(Object.entries(cases))('%s is answered alike', async (name, body) => {
    expect(await underOurs(name.replaceAll(' ', '-'), body)).toEqual(await underAws(body))
  })

  it('throws behind its first write leaves its error in trailers', async () => {
    const dir = join(folder, 'trailers')
    await mkdir(dir, { recursive: true })
    await writeFile(join(dir, 'index.mjs'), source(`out.write('half'); throw new TypeError('lost')`))
    const running = await startFunction({ folder: dir })
    const { trailers } = await running.invoke({})
    const told = Buffer.from(trailers['lambda-runtime-function-error-body'] ?? '', 'base64').toString()
    expect([trailers['lambda-runtime-function-error-type'], JSON.parse(told)]).toEqual([
      'TypeError',
      expect.objectContaining({ errorMessage: 'lost' }),
    ])
    await running.close()
  })
})
