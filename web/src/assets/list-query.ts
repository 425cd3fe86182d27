/** What of the assets a list shows, and its form in the page's address: `#/?q=bunny&state=failed&sort=title`. */
import type { Asset } from '../../../lib/assets/api/schemas.ts'

/** A search; each part is absent where anything goes. */
export interface ListQuery {
  /** Part of an id or title. */
  readonly q?: string
  readonly state?: Asset['state']
  /** Absent: latest change first. */
  readonly sort?: 'title'
}

/** Other parts of a search: undefined lets go of one, and what is absent stays. */
export type ListChange = { readonly [Part in keyof ListQuery]?: ListQuery[Part] | undefined }

/** States in the order they are offered. */
export const listStates = [
  'ready',
  'indexing',
  'failed',
  'deleting',
] as const satisfies readonly Asset['state'][]

/** The longest search the API takes. */
export const maxSearch = 200

/** Reads the query of an address; what it does not know it passes over, so that an old link still opens. */
export function parseListQuery(search: string): ListQuery {
  const said = new URLSearchParams(search)
  const q = (said.get('q') ?? '').trim().slice(0, maxSearch)
  const state = listStates.find((one) => one === said.get('state'))
  return {
    ...(q !== '' && { q }),
    ...(state && { state }),
    ...(said.get('sort') === 'title' && { sort: 'title' as const }),
  }
}

/** The query of an address, with its question mark; empty where everything is shown. */
export function printListQuery({ q, state, sort }: ListChange): string {
  const said = new URLSearchParams({ ...(q && { q }), ...(state && { state }), ...(sort && { sort }) })
  return said.size === 0 ? '' : `?${said.toString()}`
}

/** Whether some assets are left out. */
export const isFiltered = ({ q, state }: ListQuery): boolean => q !== undefined || state !== undefined

/** Whether two ask for the same. */
export const isSameQuery = (one: ListQuery, other: ListQuery): boolean =>
  printListQuery(one) === printListQuery(other)
