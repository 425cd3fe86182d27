/** One line of a function's log, as CloudWatch Logs would keep it in JSON format. */

export type LogLevel = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL'

/** What a function printed, or what the runtime says about it. */
export interface LogLine {
  /** ISO 8601. */
  readonly time: string
  readonly level: LogLevel
  /** Function name, or the part of the cloud that speaks (`event-sources`). */
  readonly source: string
  readonly requestId?: string
  readonly message: string
  /** Further fixed fields (`durationMs` and `initMs` of a report line). */
  readonly detail?: Readonly<Record<string, unknown>>
}

/** Where log lines go. */
export type Log = (line: LogLine) => void
