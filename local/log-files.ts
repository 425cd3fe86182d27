/** Where log lines go: a file of JSON lines for each function, and the worst of them to whoever watches. */
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import type { Log, LogLine } from './lambda/index.ts'

export interface LogFiles {
  readonly log: Log
  close(): Promise<void>
}

/** `watch` is handed every line that says something failed. */
export function openLogFiles(directory: string, watch: Log): LogFiles {
  mkdirSync(directory, { recursive: true })
  const files = new Map<string, WriteStream>()
  return {
    log(line) {
      fileOf(line.source).write(`${JSON.stringify(line)}\n`)
      if (line.level === 'ERROR' || line.level === 'FATAL') watch(line)
    },
    async close() {
      await Promise.all([...files.values()].map((file) => new Promise((resolve) => file.end(resolve))))
    },
  }

  function fileOf(source: LogLine['source']): WriteStream {
    const known = files.get(source)
    if (known !== undefined) return known
    const file = createWriteStream(join(directory, `${source.replaceAll(/[^\w.-]/g, '-')}.log`), {
      flags: 'a',
      mode: 0o600,
    })
    // A full disk must not end the cloud for want of a log.
    file.on('error', () => undefined)
    files.set(source, file)
    return file
  }
}
