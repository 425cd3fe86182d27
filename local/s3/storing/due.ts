/** What lifecycle rules of all kinds go by. */
import type { LifecycleRule, ObjectVersion } from '../model.ts'

const dayMs = 86_400_000

/** S3 counts whole days and acts at the midnight (UTC) that follows. */
export const isDue = (sinceMs: number, days: number, nowMs: number): boolean =>
  nowMs >= Math.ceil((sinceMs + days * dayMs) / dayMs) * dayMs

/** Whether a version has all tags that a rule is for. */
export const tagsFit = ({ tags = {} }: LifecycleRule, version: ObjectVersion): boolean =>
  Object.entries(tags).every(([name, value]) => version.tags[name] === value)
