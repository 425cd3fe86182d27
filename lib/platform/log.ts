/**
 * One JSON line an event, on standard output, where Lambda picks it up. Members are named as Lambda's own JSON format
 * names them: its level filter takes a line without a `level` and an RFC 3339 `timestamp` for INFO, and drops it.
 */

/** What a line may hold; never a token or a key. */
export type LogFields = Readonly<Record<string, unknown>>

/** Writes lines that all carry the same fields. */
export interface Log {
  info(message: string, fields?: LogFields): void
  /** What went wrong and was got round: nobody was refused for it. */
  warn(message: string, fields?: LogFields): void
  /** What failed by our fault: an alarm counts these lines. */
  error(message: string, error: unknown, fields?: LogFields): void
}

/** A log whose lines carry `common`, the request id above all. */
export function logOf(common: LogFields, write: (line: string) => void = toStandardOutput): Log {
  const line = (level: 'INFO' | 'WARN' | 'ERROR', message: string, fields: LogFields): void => {
    const own = { timestamp: new Date().toISOString(), level, message }
    // First to be read first, and last so that no field takes their place.
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
