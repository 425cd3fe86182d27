/** Programmes of channels as the API shows and takes them, and in words. */
import type { z } from '@hono/zod-openapi'
import type {
  programmePageSchema,
  programmeRequestSchema,
  programmeSchema,
} from '../../../../lib/presentations/programmes/schema.ts'
import { localTime } from './times.ts'

/** As it is stored. */
export type Programme = z.infer<typeof programmeSchema>
/** Some of a channel's. */
export type ProgrammePage = z.infer<typeof programmePageSchema>
/** What is said of one. */
export type ProgrammeRequest = z.input<typeof programmeRequestSchema>

/** `2026-12-03 20:00:00 to 20:30:00`, as it is here; the day twice where there are two. */
export function spanWords({ from, to }: Pick<Programme, 'from' | 'to'>): string {
  const [[day, start], [lastDay, end]] = [partsOf(from), partsOf(to)]
  return `${day} ${start} to ${day === lastDay ? end : `${lastDay} ${end}`}`
}

/** What becomes of its breaks. */
export function breakWords({ breaks, replacements }: Pick<Programme, 'breaks' | 'replacements'>): string {
  switch (breaks) {
    case 'keep':
      return 'breaks kept'
    case 'remove':
      return 'breaks removed'
    case 'replace':
      return `breaks replaced by ${replacements.join(', ')}`
  }
}

/** `plays until …`, or that it does no more; undefined where nothing has come for its channel. */
export function keptWords(playsUntil: string | undefined, nowMs: number): string | undefined {
  if (playsUntil === undefined) return undefined
  return Date.parse(playsUntil) < nowMs
    ? 'its media may be gone'
    : `plays until ${partsOf(playsUntil).join(' ').slice(0, -':00'.length)}`
}

/** The first so many pages as one; `next` leads on from the last of them. */
export async function firstPages(
  read: (next?: string) => Promise<ProgrammePage>,
  count: number,
): Promise<ProgrammePage> {
  const pagesFrom = async (left: number, from?: string): Promise<ProgrammePage> => {
    const page = await read(from)
    if (left === 1 || page.next === undefined) return page
    const rest = await pagesFrom(left - 1, page.next)
    return { ...rest, programmes: [...page.programmes, ...rest.programmes] }
  }
  return await pagesFrom(count)
}

const partsOf = (iso: string): readonly [day: string, time: string] => {
  const [day = '', time = ''] = localTime(iso).split('T')
  return [day, time]
}
