/** A temporary Lambda service with hand-written handlers. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createLambda,
  type FunctionDefinition,
  type Lambda,
  type LambdaOptions,
  type LogLine,
} from '../../../local/lambda/index.ts'

export interface Workshop {
  readonly lambda: Lambda
  readonly dir: string
  readonly lines: LogLine[]
  /** Defines a function from source text; `file` decides whether it is a module. */
  define(
    name: string,
    source: string,
    more?: Partial<FunctionDefinition> & { readonly file?: string },
  ): Promise<void>
  close(): Promise<void>
}

export async function openWorkshop(
  options: Partial<LambdaOptions> & { readonly dir?: string } = {},
): Promise<Workshop> {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'lambda-')))
  const lines: LogLine[] = []
  const lambda = await createLambda({
    log: (line) => lines.push(line),
    endpoint: 'http://127.0.0.1:9',
    dataDir: join(dir, 'data'),
    ...options,
  })
  return {
    lambda,
    dir,
    lines,
    async define(name, source, { file = 'index.mjs', ...more } = {}) {
      const codeDir = join(dir, 'code', name)
      await mkdir(codeDir, { recursive: true })
      await writeFile(join(codeDir, file), source)
      lambda.defineFunction({
        name,
        arn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
        codeDir,
        handler: 'index.handler',
        runtime: 'nodejs24.x',
        environment: {},
        timeoutSeconds: 20,
        memoryMb: 128,
        role: `${name}Role`,
        credentials: { accessKeyId: 'AKIALOCAL', secretAccessKey: 'secret', sessionToken: 'token' },
        ...more,
      })
    },
    async close() {
      await lambda.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** Polls until `condition` holds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10))
}
