/** Headers that edge functions may not touch ("Restrictions on all edge functions"). */
import type { EdgeEventType } from './config.ts'
import type { Headers } from './message.ts'

/** Not shown to functions, and not to be added by them. */
function isDisallowed(name: string): boolean {
  return disallowed.has(name) || /^x-(accel-|amz-cf-|amzn-|edge-)/.test(name)
}

const disallowed = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'trailer',
  'upgrade',
  'x-cache',
  'x-forwarded-proto',
  'x-real-ip',
])

const readOnly: Readonly<Record<EdgeEventType, readonly string[]>> = {
  'viewer-request': ['content-length', 'host', 'transfer-encoding', 'via'],
  'origin-request': [
    'accept-encoding',
    'content-length',
    'if-modified-since',
    'if-none-match',
    'if-range',
    'if-unmodified-since',
    'transfer-encoding',
    'via',
  ],
  'origin-response': ['transfer-encoding', 'via'],
  'viewer-response': ['content-encoding', 'content-length', 'transfer-encoding', 'warning', 'via'],
}

/** The headers a function is shown. */
export function shownHeaders(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !isDisallowed(name)))
}

/** What a function did to headers that it may not, or undefined. */
export function headerViolation(event: EdgeEventType, before: Headers, after: Headers): string | undefined {
  for (const name of Object.keys(after)) if (isDisallowed(name)) return `header ${name} is not allowed`
  for (const name of readOnly[event]) {
    if ((before[name] ?? []).join(',') !== (after[name] ?? []).join(',')) return `header ${name} is read-only`
  }
  return undefined
}

/** A response made by a function may not carry headers of the connection. */
export function madeHeaderViolation(headers: Headers): string | undefined {
  for (const name of Object.keys(headers)) {
    if (isDisallowed(name) || name === 'transfer-encoding' || name === 'via')
      return `header ${name} is not allowed`
  }
  return undefined
}
