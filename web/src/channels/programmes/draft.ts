/** A programme as a form has it. */
import type { Programme, ProgrammeRequest } from './programme.ts'
import { apiTime, localTime, type Offer } from './times.ts'

/** All fields; times are as forms have them. */
export interface ProgrammeDraft {
  readonly id: string
  readonly title: string
  readonly from: string
  readonly to: string
  readonly breaks: Programme['breaks']
  /** Ids of assets, apart by spaces or commas. */
  readonly replacements: string
  /** Empty: as long as the channel's media are kept. */
  readonly keepUntil: string
}

/** Of a new one, with the range that is offered. */
export const newDraft = (offer: Offer | undefined): ProgrammeDraft => ({
  id: '',
  title: '',
  from: offer?.from ?? '',
  to: offer?.to ?? '',
  breaks: 'keep',
  replacements: '',
  keepUntil: '',
})

/** Of one that is there. */
export const draftOf = ({
  id,
  title,
  from,
  to,
  breaks,
  replacements,
  keepUntil,
}: Programme): ProgrammeDraft => ({
  id,
  title: title ?? '',
  from: localTime(from),
  to: localTime(to),
  breaks,
  replacements: replacements.join(', '),
  keepUntil: keepUntil === undefined ? '' : localTime(keepUntil),
})

/** What the API is told; times nobody changed are those of the programme there was. */
export function requestOf(
  { title, from, to, breaks, replacements, keepUntil }: ProgrammeDraft,
  before?: Pick<Programme, 'from' | 'to' | 'keepUntil'>,
): ProgrammeRequest {
  return {
    ...(title.trim() !== '' && { title: title.trim() }),
    from: apiTime(from, before?.from),
    to: apiTime(to, before?.to),
    breaks,
    ...(breaks === 'replace' && { replacements: replacements.split(/[\s,]+/).filter(Boolean) }),
    ...(keepUntil !== '' && { keepUntil: apiTime(keepUntil, before?.keepUntil) }),
  }
}
