/** Inside a function's thread: `console` becomes log lines that carry the request id. */
import { format } from 'node:util'
import type { LogLevel } from './log-line.ts'
import type { FromThread } from './protocol.ts'

const levels = {
  log: 'INFO',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
  debug: 'DEBUG',
  trace: 'TRACE',
} as const satisfies Record<string, LogLevel>

/** Sends everything printed from now on; `requestId` tells which invocation runs. */
export function captureConsole(
  send: (message: FromThread) => void,
  requestId: () => string | undefined,
): void {
  for (const method of Object.keys(levels).filter(isMethod)) {
    console[method] = (...args: unknown[]) => {
      const id = requestId()
      send({
        kind: 'log',
        level: levels[method],
        ...(id === undefined ? {} : { requestId: id }),
        message: format(...args),
      })
    }
  }
}

function isMethod(name: string): name is keyof typeof levels {
  return name in levels
}
