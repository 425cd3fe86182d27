/**
 * One JSON line per event, on standard output, where Lambda collects it. Members are named as in Lambda's own JSON
 * format: its level filter takes a line without a `level` and an RFC 3339 `timestamp` for INFO, and drops it.
 */

/** The fields of a line; never a token or a key. */
export type LogFields = Readonly<Record<string, unknown>>

/** Writes lines that share a set of fields. */
export interface Log {
  info(message: string, fields?: LogFields): void
  /** For problems that were worked around: no request failed. */
  warn(message: string, fields?: LogFields): void
  /** For failures of ours: an alarm counts these lines. */
  error(message: string, error: unknown, fields?: LogFields): void
}

/** A log whose lines carry `common`, above all the request id. */
export function logOf(common: LogFields, write: (line: string) => void = toStandardOutput): Log {
  const line = (level: 'INFO' | 'WARN' | 'ERROR', message: string, fields: LogFields): void => {
    const own = { timestamp: new Date().toISOString(), level, message }
    // First for readers, and again last so that no field overrides them.
    write(`${JSON.stringify({ ...own, ...common, ...fields, ...own })}\n`)
  }
  return {
    info: (message, fields = {}) => line('INFO', message, fields),
    warn: (message, fields = {}) => line('WARN', message, fields),
    error: (message, error, fields = {}) => line('ERROR', message, { ...fields, error: factsOf(error) }),
  }
}

// `console` would wrap the line in one of Lambda's own.
const toStandardOutput = (line: string): void => void process.stdout.write(line)

function factsOf(error: unknown): LogFields {
  if (!(error instanceof Error)) return { message: String(error) }
  const code = 'code' in error ? error.code : undefined
  return { name: error.name, ...(code !== undefined && { code }), message: error.message, stack: error.stack }
}
