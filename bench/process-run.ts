/** One run of a program as a process of its own: from its start to its end, and the most memory it held. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** What a run took. */
export interface ProcessRun {
  readonly wallMs: number
  /** Its high-water mark as the kernel counts it; undefined where there is no /proc. */
  readonly peakBytes?: number
  /** What it printed. */
  readonly output: string
}

/** A peak is a high-water mark: it is enough to read it now and then, and missed is only what the last moment adds. */
const pollMs = 5

/** Runs a program to its end, with variables besides our own; throws with what it printed where it fails. */
export function run(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<ProcessRun> {
  return new Promise((resolve, reject) => {
    const start = performance.now()
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    })
    let output = ''
    let errors = ''
    let peakBytes: number | undefined
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
    const poll = setInterval(() => (peakBytes = peakOf(child.pid) ?? peakBytes), pollMs)
    child.once('error', (error) => {
      clearInterval(poll)
      reject(error)
    })
    child.once('exit', (code) => {
      const wallMs = performance.now() - start
      clearInterval(poll)
      if (code === 0) resolve({ wallMs, output, ...(peakBytes !== undefined && { peakBytes }) })
      else reject(new Error(`${command} ended with ${code}: ${errors.slice(-2000)}`))
    })
  })
}

function peakOf(pid: number | undefined): number | undefined {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
  } catch {
    return undefined
  }
}
