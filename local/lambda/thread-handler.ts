/** Inside a function's thread: finds the handler as the Node runtime does and words what goes wrong. */
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire, registerHooks } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { FunctionError } from './definition.ts'
import type { ThreadSettings } from './protocol.ts'
import { streamingHandler } from './thread-stream.ts'

export type Callback = (error: unknown, result?: unknown) => void
export type Handler = (event: unknown, second: unknown, third?: unknown) => unknown

/** An error with the type the runtime gives it. */
export class RuntimeError extends Error {
  readonly errorType: string

  constructor(errorType: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.errorType = errorType
  }
}

/** Loads the bundle and returns its handler, or throws a `RuntimeError` or what the module threw. */
export async function loadHandler({ codeDir, handler, runtime }: ThreadSettings): Promise<Handler> {
  const folder = dirname(handler)
  const name = basename(handler)
  const dot = name.indexOf('.')
  if (dot < 1) throw new RuntimeError('Runtime.MalformedHandlerName', 'Bad handler')
  const file = join(codeDir, folder, name.slice(0, dot))
  const path = ['', '.js', '.mjs', '.cjs'].map((end) => file + end).find((each) => existsSync(each))
  if (path === undefined) {
    const module = name.slice(0, dot)
    throw new RuntimeError(
      'Runtime.ImportModuleError',
      `Error: Cannot find module '${module}'\nRequire stack:\n- ${codeDir}/${module}`,
    )
  }
  const found = member(await load(path, codeDir), name.slice(dot + 1).split('.'))
  if (found === undefined) {
    throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`)
  }
  if (typeof found !== 'function')
    throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is not a function`)
  if (found.length > 2 && !(streamingHandler in found) && majorOf(runtime) >= 24) {
    throw new RuntimeError(
      'Runtime.CallbackHandlerDeprecated',
      'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. ' +
        'You need to modify this function to use a supported handler signature to use Node.js 24 or later.',
    )
  }
  return found as Handler
}

/** An error in the runtime's JSON. */
export function wordError(error: unknown): FunctionError {
  if (!(error instanceof Error)) {
    return { errorType: typeof error, errorMessage: String(error), trace: [] }
  }
  const errorType = error instanceof RuntimeError ? error.errorType : error.name
  return { errorType, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
}

async function load(path: string, codeDir: string): Promise<unknown> {
  try {
    if (path.endsWith('.mjs')) return await import(pathToFileURL(path).href)
    if (path.endsWith('.js') && isModulePackage(codeDir)) return await import(pathToFileURL(path).href)
    commonJsUnder(codeDir)
    return createRequire(path)(path)
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new RuntimeError('Runtime.UserCodeSyntaxError', `SyntaxError: ${error.message}`, { cause: error })
    }
    if (error instanceof Error && 'code' in error && isMissing(error.code)) {
      throw new RuntimeError('Runtime.ImportModuleError', `Error: ${error.message}`, { cause: error })
    }
    throw error
  }
}

function isMissing(code: unknown): boolean {
  return code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND'
}

/**
 * In Lambda nothing lies above the task root. Here a package.json may, and its `"type": "module"` must not
 * turn a function's `.js` into a module.
 */
function commonJsUnder(directory: string): void {
  // Modules go by their real names, wherever links led to them.
  const codeDir = realpathSync(directory)
  registerHooks({
    load(url, context, next) {
      const inside = url.startsWith('file:') && fileURLToPath(url).startsWith(codeDir) && url.endsWith('.js')
      const own = inside && !url.includes('/node_modules/')
      return next(url, own ? { ...context, format: 'commonjs' } : context)
    },
  })
}

function isModulePackage(codeDir: string): boolean {
  const manifest = join(codeDir, 'package.json')
  if (!existsSync(manifest)) return false
  const parsed: unknown = JSON.parse(readFileSync(manifest, 'utf8'))
  return typeof parsed === 'object' && parsed !== null && 'type' in parsed && parsed.type === 'module'
}

function member(module: unknown, path: readonly string[]): unknown {
  let value = module
  for (const name of path) {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined
    const held: unknown = Reflect.get(value, name)
    value = held
  }
  return value
}

function majorOf(runtime: string): number {
  return Number(/^nodejs(\d+)/.exec(runtime)?.[1] ?? 0)
}
