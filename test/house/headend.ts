/** A whole headend of its own for a test: the same program `npm start` runs, in a child process. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { faultsOf, type RemoteFaults } from '../../local/faults/index.ts'
import { copyAssembly } from './assembly.ts'

/** What a test may vary. */
export interface StartOptions {
  /** No demo film. */
  readonly empty?: boolean
  /** With the channel that shows the demo film. */
  readonly demoChannel?: boolean
  /** State of an earlier run; a new folder, removed at the end, where absent. */
  readonly dataDir?: string
}

/** A running headend. */
export interface Headend {
  /** What `outputs.json` holds under `Headend`. */
  readonly outputs: Readonly<Record<string, string>>
  readonly dataDir: string
  readonly process: ChildProcess
  /** What goes wrong in its cloud: nothing, until a test says so. */
  readonly faults: RemoteFaults
  /** Everything it printed so far. */
  printed(): string
  /** Ends it cleanly and removes its folder if it was its own. */
  stop(): Promise<void>
  /** Ends it as a power cut would; the folder stays. */
  kill(): Promise<void>
}

/** Starts one and resolves when it says `headend ready`; rejects with its output if it ends before. */
export async function startHeadend(options: StartOptions = {}): Promise<Headend> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'headend-'))
  const args = ['bin/local.ts', '--port', String(await freePorts(5)), '--data-dir', dataDir]
  if (options.empty) args.push('--empty')
  if (options.demoChannel) args.push('--demo-channel')
  // The assembly is the same for all: made once, then each finds its own fresh.
  await copyAssembly(join(dataDir, 'cdk.out'))
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      text += chunk.toString()
      if (text.includes('headend ready')) resolve()
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    void exited.then((code) => reject(new Error(`headend ended with ${code} before it was ready:\n${text}`)))
  })
  const { Headend: outputs } = JSON.parse(readFileSync(join(dataDir, 'outputs.json'), 'utf8')) as {
    Headend: Record<string, string>
  }
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    await exited
  }
  return {
    outputs,
    dataDir,
    process: child,
    faults: await faultsOf(dataDir),
    printed: () => text,
    async stop() {
      await end('SIGTERM')
      if (!options.dataDir) rmSync(dataDir, { recursive: true, force: true })
    },
    kill: () => end('SIGKILL'),
  }
}

/**
 * The first of `count` neighbouring ports nobody listens on.
 *
 * Below 32768, where Linux begins to give ports to outgoing connections: one of those would take a
 * free one before the headend listens there.
 */
async function freePorts(count: number): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const base = 10_000 + Math.floor(Math.random() * 22_000)
    const free = await Promise.all(Array.from({ length: count }, (_, i) => isFree(base + i)))
    if (free.every(Boolean)) return base
  }
  throw new Error(`no ${count} neighbouring free ports found`)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
