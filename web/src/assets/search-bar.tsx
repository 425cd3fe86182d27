/** What of the assets is shown, in which order. What is typed is asked for once the typing rests. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { changeList } from '../route.ts'
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
    const wanted = words.trim()
    sent.current = wanted
    if (wanted !== q) changeList({ q: wanted }, { replace: true })
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
            onChange={({ currentTarget: { value } }) =>
              changeList({ state: listStates.find((one) => one === value) })
            }
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
            onChange={({ currentTarget: { value } }) =>
              changeList({ sort: value === 'title' ? value : undefined })
            }
          >
            <option value="updated">latest change</option>
            <option value="title">title</option>
          </select>
        </label>
        {isFiltered(query) && <ClearFilter />}
      </form>
    </search>
  )
}

/** Shows everything again, in the order that was chosen. */
export const ClearFilter = () => (
  <button type="button" onClick={() => changeList({ q: undefined, state: undefined })}>
    Clear filter
  </button>
)
