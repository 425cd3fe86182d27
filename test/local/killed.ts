/** A child process that is killed without warning while it works. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/**
 * Runs a TypeScript file, reads the lines it prints, and kills it with SIGKILL as soon as `enough` says so.
 * Answers every line that arrived whole: each stands for something the child was promised.
 */
export async function killedAfter(
  file: URL,
  args: readonly string[],
  enough: (lines: readonly string[]) => boolean,
): Promise<readonly string[]> {
  const child = spawn(process.execPath, [file.pathname, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<string | number | null>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? code))
  })
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    if (enough(lines)) child.kill('SIGKILL')
  }
  const how = await ended
  if (how !== 'SIGKILL') throw new Error(`${file.pathname} ended by itself: ${how}`)
  return lines
}
