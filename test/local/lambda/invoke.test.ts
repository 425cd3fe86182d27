import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Authorize, AwsFault } from '../../../local/service.ts'
import { openWorkshop, until, type Workshop } from './workshop.ts'

let shop: Workshop
beforeAll(async () => {
  // Longer than an environment takes to start on a busy machine.
  shop = await openWorkshop({ limits: { idleMs: 3000 } })
})
afterAll(() => shop.close())

async function call(
  name: string,
  event: unknown = {},
): Promise<{ error: string | undefined; value: unknown }> {
  const { payload, functionError } = await shop.lambda.invoke(name, JSON.stringify(event))
  return { error: functionError, value: JSON.parse(payload) }
}

const refuseRoles: Authorize = (caller, action, resource) => {
  if (caller.kind === 'role') throw new AwsFault('AccessDeniedException', `${action} on ${resource}`, 403)
}

describe('a function', () => {
  it('answers from an ES module', async () => {
    await shop.define('esm', `export const handler = async (event) => ({ got: event })`)
    expect(await call('esm', { a: 1 })).toEqual({ error: undefined, value: { got: { a: 1 } } })
  })

  it('answers from CommonJS below a package.json that says module', async () => {
    // The handlers lie in a temporary directory; here the repository's own package.json stands above them.
    await shop.define('cjs', `const { n } = require('./other.js'); exports.handler = async () => n`, {
      file: 'index.js',
    })
    const { writeFile } = await import('node:fs/promises')
    await writeFile(`${shop.dir}/code/package.json`, '{"type":"module"}')
    await writeFile(`${shop.dir}/code/cjs/other.js`, 'exports.n = 7')
    expect(await call('cjs')).toEqual({ error: undefined, value: 7 })
  })

  it('sees its own environment and nothing of this process', async () => {
    process.env['LEAK'] = 'yes'
    await shop.define('env', `export const handler = async () => process.env`, {
      environment: { TABLE: 'Index' },
    })
    const { value } = await call('env')
    expect(value).toMatchObject({
      TABLE: 'Index',
      AWS_LAMBDA_FUNCTION_NAME: 'env',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'AKIALOCAL',
      AWS_SESSION_TOKEN: 'token',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      _HANDLER: 'index.handler',
    })
    expect(value).not.toHaveProperty('LEAK')
    expect(value).not.toHaveProperty('HOME')
  })

  it('gets a complete context', async () => {
    await shop.define(
      'context',
      `export const handler = async (_e, c) => ({ ...c, left: c.getRemainingTimeInMillis() })`,
      { timeoutSeconds: 9, memoryMb: 256 },
    )
    const { value } = await call('context')
    expect(value).toMatchObject({
      functionName: 'context',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:context',
      memoryLimitInMB: '256',
      logGroupName: '/aws/lambda/context',
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      left: expect.toSatisfy((left: number) => left > 0 && left <= 9000),
    })
  })

  it('keeps its environment between invocations and starts another for a simultaneous one', async () => {
    await shop.define(
      'warm',
      `let n = 0; export const handler = async ({ ms }) => { n++; await new Promise((r) => setTimeout(r, ms)); return n }`,
    )
    expect((await call('warm', { ms: 0 })).value).toBe(1)
    expect((await call('warm', { ms: 0 })).value).toBe(2)
    const both = await Promise.all([call('warm', { ms: 400 }), call('warm', { ms: 400 })])
    expect(both.map(({ value }) => Number(value)).toSorted((a, b) => a - b)).toEqual([1, 3])
    expect(shop.lambda.stats()['warm']).toMatchObject({
      invocations: 4,
      coldStarts: 2,
      errors: 0,
      environments: 2,
    })
    await until(() => shop.lambda.stats()['warm']?.environments === 0)
  })

  it('prints lines that carry the request id, and a report', async () => {
    await shop.define(
      'prints',
      `export const handler = async () => { console.warn('low on %s', 'disk'); return 1 }`,
    )
    const { requestId } = await shop.lambda.invoke('prints', '{}')
    const lines = shop.lines.filter(({ source }) => source === 'prints')
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'WARN', message: 'low on disk', requestId }),
    )
    expect(lines).toContainEqual(
      expect.objectContaining({
        message: 'REPORT',
        requestId,
        detail: { durationMs: expect.any(Number), initMs: expect.any(Number) },
      }),
    )
  })
})

describe('a function that fails', () => {
  it.each([
    {
      case: 'its handler throws',
      source: `export const handler = async () => { throw new TypeError('no such film') }`,
      error: { errorType: 'TypeError', errorMessage: 'no such film', trace: expect.any(Array) },
    },
    {
      case: 'its module throws',
      source: `throw new RangeError('bad table'); export const handler = 1`,
      error: { errorType: 'RangeError', errorMessage: 'bad table' },
    },
    {
      case: 'its module does not parse',
      source: `export const handler = async ( => 1`,
      error: { errorType: 'Runtime.UserCodeSyntaxError' },
    },
    {
      case: 'a package is missing',
      source: `import 'not-there'; export const handler = async () => 1`,
      error: { errorType: 'Runtime.ImportModuleError' },
    },
    {
      case: 'there is no handler',
      source: `export const other = 1`,
      error: {
        errorType: 'Runtime.HandlerNotFound',
        errorMessage: 'index.handler is undefined or not exported',
      },
    },
    {
      case: 'its handler takes a callback',
      source: `export const handler = (e, c, callback) => callback(null, 1)`,
      error: { errorType: 'Runtime.CallbackHandlerDeprecated' },
    },
    {
      case: 'it exits',
      source: `export const handler = async () => process.exit(3)`,
      error: { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('exit status 3') },
    },
    {
      case: 'nobody awaits a rejection',
      source: `export const handler = async () => { Promise.reject(new Error('lost')); await new Promise(() => {}) }`,
      error: { errorType: 'Runtime.UnhandledPromiseRejection' },
    },
    {
      case: 'its answer is circular',
      source: `export const handler = async () => { const a = {}; a.a = a; return a }`,
      error: { errorType: 'Runtime.MarshalError' },
    },
  ])('answers with AWS words when $case', async ({ source, error }) => {
    await shop.define('fails', source)
    const answer = await call('fails')
    expect(answer).toMatchObject({ error: 'Unhandled', value: error })
  })

  it('is ended at its timeout and works again afterwards', async () => {
    await shop.define(
      'slow',
      `export const handler = async ({ wait }) => { while (wait) {}; return 'quick' }`,
      { timeoutSeconds: 1 },
    )
    const { error, value } = await call('slow', { wait: true })
    expect(error).toBe('Unhandled')
    expect(value).toMatchObject({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(/^RequestId: \S+ Error: Task timed out after 1\.00 seconds$/),
    })
    expect((await call('slow', { wait: false })).value).toBe('quick')
    expect(shop.lambda.stats()['slow']).toMatchObject({ timeouts: 1, errors: 1 })
  })

  it.each([
    { what: 'objects', fill: `const all = []; for (;;) all.push({ text: 'x'.repeat(10) + all.length })` },
    {
      what: 'buffers',
      fill: `const all = []; for (;;) { all.push(Buffer.alloc(8e6, 1)); await new Promise((r) => setTimeout(r, 5)) }`,
    },
  ])('is killed when its $what pass its memory', async ({ fill }) => {
    await shop.define('greedy', `export const handler = async () => { ${fill} }`, { memoryMb: 64 })
    const { value } = await call('greedy')
    expect(value).toMatchObject({
      errorType: 'Runtime.OutOfMemory',
      errorMessage: expect.stringContaining('Runtime exited with error: signal: killed'),
    })
  })
})

describe('the limits', () => {
  it('refuse a request over 6 MB and an event over 1 MB', async () => {
    await shop.define('sized', `export const handler = async ({ bytes }) => 'x'.repeat(bytes)`)
    const request = JSON.stringify('x'.repeat(6 * 1024 * 1024))
    await expect(shop.lambda.invoke('sized', request)).rejects.toMatchObject({
      code: 'RequestTooLargeException',
      status: 413,
      message: 'Request must be smaller than 6291456 bytes for the InvokeFunction operation',
    })
    await expect(
      shop.lambda.invokeAsync('sized', JSON.stringify('x'.repeat(1024 * 1024))),
    ).rejects.toMatchObject({
      code: 'RequestTooLargeException',
    })
  })

  it('let 6 MB of response through and not more', async () => {
    const most = 6 * 1024 * 1024 + 100 - 2
    expect((await call('sized', { bytes: most })).error).toBeUndefined()
    expect((await call('sized', { bytes: most + 1 })).value).toEqual({
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
    })
  })

  it('throttle past the reserved concurrency', async () => {
    await shop.define('one', `export const handler = () => new Promise((r) => setTimeout(r, 300, 'ok'))`, {
      reservedConcurrency: 1,
    })
    const answers = await Promise.allSettled([call('one'), call('one')])
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(answers[1]).toMatchObject({ reason: { code: 'TooManyRequestsException', status: 429 } })
    expect(shop.lambda.stats()['one']).toMatchObject({ throttles: 1 })
  })

  it('refuse what is no JSON, no function, or not allowed', async () => {
    const guarded = await openWorkshop({ authorize: refuseRoles })
    await guarded.define('f', `export const handler = async () => 1`)
    await expect(guarded.lambda.invoke('f', '{')).rejects.toMatchObject({
      code: 'InvalidRequestContentException',
    })
    await expect(guarded.lambda.invoke('g', '{}')).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      status: 404,
    })
    const role = { kind: 'role', role: 'Other' } as const
    await expect(guarded.lambda.invoke('f:3', '{}', { caller: role })).rejects.toMatchObject({
      message: 'lambda:InvokeFunction on arn:aws:lambda:us-east-1:000000000000:function:f:3',
    })
    await guarded.close()
  })
})
