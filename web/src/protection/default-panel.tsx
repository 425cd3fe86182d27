/** How films are protected from their upload on, where they say nothing of it themselves. */
import { useEffect, useState } from 'preact/hooks'
import type { Policy } from '../../../lib/rights/protection/policy.ts'
import { type Api, type ApiError, asApiError } from '../api.ts'
import { PolicyForm } from './policy-form.tsx'
import { policyFacts } from './policy-words.ts'

export function DefaultPanel({ api }: { readonly api: Api }) {
  const [policy, setPolicy] = useState<Policy>()
  const [error, setError] = useState<ApiError>()
  const [isEditing, setEditing] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const put = async (answer: Promise<Policy>) => {
    setBusy(true)
    try {
      setPolicy(await answer)
      setError(undefined)
      setEditing(false)
    } catch (failure) {
      setError(asApiError(failure))
    } finally {
      setBusy(false)
    }
  }
  useEffect(() => void put(api.defaultProtection('film')), [api])
  return (
    <section class="panel protection" aria-labelledby="default-title" data-default={policy?.mode}>
      <header class="panel-head">
        <h2 id="default-title">Protection of new films</h2>
        {policy && (
          <span class={policy.mode === 'none' ? 'state' : 'state ready'}>
            {policy.mode === 'none' ? 'none' : 'encrypted'}
          </span>
        )}
        <span class="faint">the default of vod/</span>
        <button
          type="button"
          aria-expanded={isEditing}
          disabled={!policy}
          onClick={() => setEditing(!isEditing)}
        >
          Change the default
        </button>
      </header>
      {policy?.mode === 'encrypted' && (
        <dl class="facts">
          {policyFacts({ policy, source: 'default' }, 'film')
            .slice(0, -1)
            .map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
        </dl>
      )}
      {policy && isEditing && (
        <PolicyForm
          what="film"
          policy={policy}
          isBusy={isBusy}
          effectsOf={(next) => (JSON.stringify(next) === JSON.stringify(policy) ? [] : effectsOf(next))}
          words={{
            none: 'Take new films in unprotected',
            first: 'Protect new films',
            change: 'Change the default',
          }}
          save={(next) => next && void put(api.protectByDefault('film', next))}
          cancel={() => setEditing(false)}
        />
      )}
      {error && (
        <p class="fault" role="alert">
          <code>{error.code}</code> {error.message}
        </p>
      )}
    </section>
  )
}

const effectsOf = ({ mode }: Policy): readonly string[] => [
  mode === 'none'
    ? 'Films that are uploaded from now on are given out in the clear, unless their asset.json says otherwise.'
    : 'Films that are uploaded from now on are encrypted before anybody can play them, unless their asset.json says otherwise.',
  'Films that are there keep the protection they have.',
]
