/** Conditional requests: RFC 9110 13 for reads, create-once and compare-and-swap for writes. */
import { conditionalConflict, noSuchKey, notImplemented, preconditionFailed } from '../faults.ts'
import type { ObjectVersion } from '../model.ts'

type Header = (name: string) => string | undefined

const unquote = (etag: string) =>
  etag
    .trim()
    .replace(/^W\//, '')
    .replace(/^"(.*)"$/, '$1')
const matches = (list: string, etag: string) =>
  list.split(',').some((candidate) => candidate.trim() === '*' || unquote(candidate) === etag)

/** Dates in headers have whole seconds. */
const seconds = (ms: number) => Math.floor(ms / 1000)
const headerSeconds = (text: string | undefined) => {
  const ms = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isNaN(ms) ? undefined : seconds(ms)
}

/** Throws 412, or says whether the answer is 304; `prefix` is `x-amz-copy-source-` where a source is read. */
export function readCondition(
  header: Header,
  version: ObjectVersion,
  prefix = '',
): 'proceed' | 'not-modified' {
  const ifMatch = header(`${prefix}if-match`)
  const ifNoneMatch = header(`${prefix}if-none-match`)
  const unmodifiedSince = headerSeconds(header(`${prefix}if-unmodified-since`))
  const modifiedSince = headerSeconds(header(`${prefix}if-modified-since`))
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, version.etag)) throw preconditionFailed('If-Match')
  } else if (unmodifiedSince !== undefined && seconds(version.modifiedMs) > unmodifiedSince)
    throw preconditionFailed('If-Unmodified-Since')
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, version.etag) ? 'not-modified' : 'proceed'
  if (modifiedSince !== undefined && seconds(version.modifiedMs) <= modifiedSince) return 'not-modified'
  return 'proceed'
}

/** A copy has no 304: a source that does not qualify is 412. */
export function copyCondition(header: Header, version: ObjectVersion) {
  if (readCondition(header, version, 'x-amz-copy-source-') === 'not-modified')
    throw preconditionFailed('x-amz-copy-source-If-None-Match')
}

/** What a write demands of the object it replaces, checked at the moment of the commit. */
export type WriteCondition = (present: ObjectVersion | undefined) => void

/**
 * The condition in a request's headers; `atStart` is the object as the request found it. An object deleted
 * between start and commit is the conflict S3 answers with 409: neither promise can be kept honestly.
 */
export function writeCondition(
  header: Header,
  atStart: ObjectVersion | undefined,
): WriteCondition | undefined {
  const ifMatch = header('if-match')
  const ifNoneMatch = header('if-none-match')
  if (ifNoneMatch !== undefined && ifNoneMatch.trim() !== '*')
    throw notImplemented('If-None-Match with anything but * on a write')
  if (ifMatch !== undefined && ifNoneMatch !== undefined) throw notImplemented('If-Match with If-None-Match')
  if (ifNoneMatch !== undefined)
    return (present) => {
      if (present) throw preconditionFailed('If-None-Match')
      if (atStart) throw conditionalConflict('If-None-Match')
    }
  if (ifMatch !== undefined)
    return (present) => {
      if (!present && atStart && matches(ifMatch, atStart.etag)) throw conditionalConflict('If-Match')
      if (!present) throw noSuchKey(atStart?.key ?? '')
      if (!matches(ifMatch, present.etag)) throw preconditionFailed('If-Match')
    }
  return undefined
}
