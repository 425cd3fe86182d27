/** What of the assets is shown, in which order. What is typed is asked for once the typing rests. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { showList } from '../route.ts'
import { isFiltered, type ListQuery, listStates, maxSearch } from './list-query.ts'

/** Long enough that a word is not asked for letter by letter, short enough to seem at once. */
const restMs = 250

export function SearchBar({ query }: { readonly query: ListQuery }) {
  const { q = '', state, sort } = query
  const [typed, setTyped] = useState(q)
  const sent = useRef(q)
  // Back, or a link: the address says something else than was typed last.
  useEffect(() => {
    if (q !== sent.current) setTyped(q)
    sent.current = q
  }, [q])
  const search = (words: string) => {
    const { q: _, ...rest } = query
    const wanted = words.trim()
    sent.current = wanted
    if (wanted !== q) showList({ ...rest, ...(wanted !== '' && { q: wanted }) }, { replace: true })
  }
  useEffect(() => {
    if (typed.trim() === q) return
    const timer = setTimeout(() => search(typed), restMs)
    return () => clearTimeout(timer)
  }, [typed, q, state, sort])
  return (
    <search class="search-bar">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          search(typed)
        }}
      >
        <label class="search-words">
          <span class="unseen">Search by title or id</span>
          <input
            type="search"
            placeholder="Search by title or id"
            maxLength={maxSearch}
            value={typed}
            onInput={({ currentTarget: { value } }) => setTyped(value)}
          />
        </label>
        <label class="field row">
          <span class="field-name">State</span>
          <select
            value={state ?? ''}
            onChange={({ currentTarget: { value } }) => {
              const { state: _, ...rest } = query
              const chosen = listStates.find((one) => one === value)
              showList({ ...rest, ...(chosen && { state: chosen }) })
            }}
          >
            <option value="">any</option>
            {listStates.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
        <label class="field row">
          <span class="field-name">Sort by</span>
          <select
            value={sort ?? 'updated'}
            onChange={({ currentTarget: { value } }) => {
              const { sort: _, ...rest } = query
              showList({ ...rest, ...(value === 'title' && { sort: 'title' as const }) })
            }}
          >
            <option value="updated">latest change</option>
            <option value="title">title</option>
          </select>
        </label>
        {isFiltered(query) && <ClearFilter query={query} />}
      </form>
    </search>
  )
}

/** Shows everything again, in the order that was chosen. */
export const ClearFilter = ({ query: { sort } }: { readonly query: ListQuery }) => (
  <button type="button" onClick={() => showList({ ...(sort && { sort }) })}>
    Clear filter
  </button>
)
