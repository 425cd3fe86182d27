/**
 * The world a CloudFront Function runs in (JavaScript runtime 2.0): no network, no timers, no `eval`, one
 * value of `Date` a run, and the modules `cloudfront`, `crypto`, `querystring` and `buffer`.
 */
import { Buffer } from 'node:buffer'
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'
import querystring from 'node:querystring'
import { type Context, createContext, Script } from 'node:vm'
import type { ViewerFunction } from '../config.ts'

export interface Realm {
  /** Gives the handler's answer as JSON, undefined when it answered undefined. */
  run(eventJson: string): string | undefined
}

/** AWS bounds compute to about a millisecond of its machines; this only has to end what never would. */
const computeMs = 2000

export function createRealm({ name, code, store }: ViewerFunction, print: (text: string) => void): Realm {
  const turn: { event: string; now: number; answer?: string | undefined; error?: unknown } = {
    event: '',
    now: 0,
  }
  const globals = {
    __host: {
      event: () => turn.event,
      now: () => turn.now,
      done: (answer: string | undefined) => {
        turn.answer = answer
      },
      failed: (error: unknown) => {
        turn.error = error
      },
      print,
      storeId: store?.id,
      get: (key: string) => store?.values.get(key),
      count: () => store?.values.count() ?? 0,
      crypto: { createHash: hash, createHmac: hmac },
      querystring,
    },
    Buffer,
    TextDecoder,
    TextEncoder,
    atob,
    btoa,
  }
  // Own promises in an own queue, so that the time limit holds for awaited code as well.
  const context: Context = createContext(globals, {
    name,
    codeGeneration: { strings: false, wasm: false },
    microtaskMode: 'afterEvaluate',
  })
  new Script(prelude, { filename: 'cloudfront-runtime.js' }).runInContext(context)
  new Script(
    `globalThis.__load = (__import, require) => { 'use strict'; ${withoutImports(code)}\n;return handler }`,
    {
      filename: `${name}.js`,
    },
  ).runInContext(context)
  const run = new Script('__run()')
  return {
    run(eventJson) {
      turn.event = eventJson
      turn.now = Date.now()
      turn.error = new Error('the handler did not answer')
      turn.answer = undefined
      run.runInContext(context, { timeout: computeMs })
      if (turn.error !== undefined) throw turn.error
      return turn.answer
    },
  }
}

/** Every run evaluates the code anew: nothing is left over from the run before. */
const prelude = `
(() => {
  const host = globalThis.__host
  delete globalThis.__host
  const RealDate = Date
  globalThis.Date = class Date extends RealDate {
    constructor(...args) { if (args.length === 0) super(host.now()); else super(...args) }
    static now() { return host.now() }
  }
  const print = (...args) => host.print(args.map((arg) => typeof arg === 'string' ? arg : JSON.stringify(arg)).join(' '))
  globalThis.console = Object.freeze({ log: print })
  const kvs = (id) => {
    if (host.storeId === undefined) throw new Error('no key value store is associated with this function')
    if (id !== undefined && id !== host.storeId) throw new Error('key value store ' + id + ' is not associated with this function')
    return Object.freeze({
      async get(key, options) {
        const value = host.get(String(key))
        // AWS documents that it throws, not what: nobody may go by the text.
        if (value === undefined) throw new Error('KeyNotFound')
        const format = options && options.format || 'string'
        if (format === 'json') return JSON.parse(value)
        return format === 'bytes' ? Buffer.from(value) : value
      },
      async exists(key) { return host.get(String(key)) !== undefined },
      async meta() {
        const at = new RealDate(0).toISOString()
        return { creationDateTime: at, lastUpdatedDateTime: at, keyCount: host.count() }
      },
    })
  }
  const modules = {
    cloudfront: { kvs },
    crypto: host.crypto,
    querystring: host.querystring,
    buffer: { Buffer },
  }
  const load = (name) => {
    const found = modules[name]
    if (found === undefined) throw new Error('Cannot load module "' + name + '"')
    return found
  }
  globalThis.__run = () => {
    (async () => globalThis.__load(load, load)(JSON.parse(host.event())))().then(
      (answer) => { host.failed(undefined); host.done(JSON.stringify(answer)) },
      (error) => host.failed(error),
    )
  }
})()
`

/** `import x from 'm'` becomes `const x = __import('m')`: a script has no imports. */
function withoutImports(code: string): string {
  return code.replaceAll(
    /(?<=^|[;\n])[ \t]*import\s+([\w$]+)\s+from\s*(['"])(\w+)\2[ \t]*;?/g,
    (_all, name: string, _quote: string, module: string) => `const ${name} = __import('${module}');`,
  )
}

/** A hash whose digest takes the encodings of the runtime; without one it is a Buffer. */
interface Digest {
  update(data: string | Uint8Array, encoding?: BufferEncoding): Digest
  digest(encoding?: string): string | Buffer
}

function hash(algorithm: string): Digest {
  return wrap(createHash(checked(algorithm)))
}

function hmac(algorithm: string, key: string | Uint8Array): Digest {
  return wrap(createHmac(checked(algorithm), key))
}

function checked(algorithm: string): string {
  if (!['md5', 'sha1', 'sha256'].includes(algorithm))
    throw new TypeError(`not supported algorithm: "${algorithm}"`)
  return algorithm
}

function wrap(inner: Hash | Hmac): Digest {
  const digest: Digest = {
    update(data, encoding) {
      if (typeof data === 'string') inner.update(data, encoding ?? 'utf8')
      else inner.update(data)
      return digest
    },
    digest(encoding) {
      if (encoding === undefined) return inner.digest()
      if (encoding !== 'hex' && encoding !== 'base64' && encoding !== 'base64url') {
        throw new TypeError(`Unknown digest encoding: "${encoding}"`)
      }
      return inner.digest(encoding)
    },
  }
  return digest
}
