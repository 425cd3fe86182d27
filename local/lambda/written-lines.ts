/**
 * What a function writes to its outputs by itself, line by line. A JSON line keeps the level it gives itself if it says
 * when it was written, as RFC 3339 has it; else it is INFO (Lambda developer guide, "Log-level filtering").
 */
import { isRecord } from '../json-input.ts'
import type { LogLevel, LogLine } from './log-line.ts'

type Written = Pick<LogLine, 'level' | 'message' | 'detail'>

const levels: ReadonlySet<string> = new Set<LogLevel>(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'])
const isLevel = (value: unknown): value is LogLevel => typeof value === 'string' && levels.has(value)

const isTimestamp = (value: unknown): boolean =>
  typeof value === 'string' &&
  /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(value) &&
  !Number.isNaN(Date.parse(value))

/** Takes text as it comes and hands on each line once it is whole. */
export function lineReader(level: LogLevel, take: (line: Written) => void): (text: string) => void {
  let rest = ''
  return (text) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.trim() !== '') take(written(line, level))
  }
}

function written(line: string, level: LogLevel): Written {
  const fields = line.startsWith('{') ? parsed(line) : undefined
  if (!fields) return { level, message: line }
  const error = isRecord(fields['error']) ? fields['error'] : {}
  const words = [fields['message'], error['code'], error['message']]
  return {
    level: isLevel(fields['level']) && isTimestamp(fields['timestamp']) ? fields['level'] : 'INFO',
    message: words.filter((word) => typeof word === 'string').join(': '),
    detail: fields,
  }
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}
