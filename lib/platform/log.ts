/** One JSON line an event, on standard output, where Lambda picks it up. */

/** What a line may hold; never a token or a key. */
export type LogFields = Readonly<Record<string, unknown>>

/** Writes lines that all carry the same fields. */
export interface Log {
  info(event: string, fields?: LogFields): void
  error(event: string, error: unknown, fields?: LogFields): void
}

/** A log whose lines carry `common`, the request id above all. */
export function logOf(common: LogFields, write: (line: string) => void = toStandardOutput): Log {
  const line = (level: 'INFO' | 'ERROR', event: string, fields: LogFields): void =>
    write(`${JSON.stringify({ level, time: new Date().toISOString(), event, ...common, ...fields })}\n`)
  return {
    info: (event, fields = {}) => line('INFO', event, fields),
    error: (event, error, fields = {}) => line('ERROR', event, { ...fields, error: factsOf(error) }),
  }
}

// `console` would wrap the line in one of Lambda's own.
const toStandardOutput = (line: string): void => void process.stdout.write(line)

function factsOf(error: unknown): LogFields {
  if (!(error instanceof Error)) return { message: String(error) }
  const code = 'code' in error ? error.code : undefined
  return { name: error.name, ...(code !== undefined && { code }), message: error.message, stack: error.stack }
}
