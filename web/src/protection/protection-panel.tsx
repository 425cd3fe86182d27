/** How a film or channel is protected, and everything that can be done about it. */
import { useState } from 'preact/hooks'
import type { Policy } from '../../../lib/rights/protection/policy.ts'
import { type ApiError, asApiError } from '../api.ts'
import { RightsAdvice } from '../problems/rights-advice.tsx'
import { AskTable } from './ask-table.tsx'
import { consequences } from './consequences.ts'
import type { What } from './content.ts'
import { periodsOf } from './key-periods.ts'
import { KeyTable } from './key-table.tsx'
import { PolicyForm } from './policy-form.tsx'
import { policyFacts } from './policy-words.ts'
import { RotateNow } from './rotate-now.tsx'
import type { KnownProtection, Protection } from './use-protection.ts'

export function ProtectionPanel({
  what,
  protection,
}: {
  readonly what: What
  readonly protection: Protection
}) {
  const { known, error, reload } = protection
  return (
    <section class="panel protection" aria-labelledby="protection-title" data-mode={known?.policy.mode}>
      {error && (
        <div class="alert" role="alert">
          <p>
            The protection can not be shown: <code>{error.code}</code> {error.message}
          </p>
          <button type="button" onClick={reload}>
            Try again
          </button>
        </div>
      )}
      {known ? (
        <Known what={what} known={known} protection={protection} />
      ) : (
        <header class="panel-head">
          <h2 id="protection-title">Protection</h2>
          {!error && <span class="faint">loading</span>}
        </header>
      )}
    </section>
  )
}

function Known({
  what,
  known,
  protection,
}: {
  readonly what: What
  readonly known: KnownProtection
  readonly protection: Protection
}) {
  const { policy, source, fallback, keys, asks } = known
  const [isEditing, setEditing] = useState(false)
  const [said, setSaid] = useState('')
  const [fault, setFault] = useState<ApiError>()
  const [isBusy, setBusy] = useState(false)
  const attempt = async (act: Promise<void>, done: string) => {
    setBusy(true)
    setFault(undefined)
    try {
      await act
      setSaid(done)
      setEditing(false)
    } catch (failure) {
      setFault(asApiError(failure))
    } finally {
      setBusy(false)
    }
  }
  const isEncrypted = policy.mode === 'encrypted'
  const periods = isEncrypted ? periodsOf(policy, keys, what === 'channel' ? Date.now() : undefined) : []
  // All of a film's are in force at once, and the first of them stands for all.
  const current = periods.findLast(({ state }) => state === 'in force')?.period
  return (
    <>
      <header class="panel-head">
        <h2 id="protection-title">Protection</h2>
        <span class={isEncrypted ? 'state ready' : 'state'}>{isEncrypted ? 'encrypted' : 'none'}</span>
        <span class="faint said" role="status">
          {said}
        </span>
        <button type="button" aria-expanded={isEditing} onClick={() => setEditing(!isEditing)}>
          {isEncrypted ? 'Change' : 'Protect'}
        </button>
      </header>
      {!isEncrypted && <p class="faint">Anybody who knows its URL can play this {what}, and keep a copy.</p>}
      <dl class="facts">
        {policyFacts(known, what).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {isEditing && (
        <PolicyForm
          what={what}
          policy={policy}
          fallback={source === 'own' ? fallback : undefined}
          isBusy={isBusy}
          effectsOf={(next) => consequences(policy, next, what)}
          words={{
            none: 'Take the protection off',
            first: `Protect the ${what}`,
            change: 'Change the protection',
          }}
          save={(next) =>
            void attempt(
              next ? protection.change(next) : protection.useDefault(),
              savedWords(next ?? fallback, what),
            )
          }
          cancel={() => setEditing(false)}
        />
      )}
      {fault && (
        <div role="alert">
          <p class="fault">
            <code>{fault.code}</code> {fault.message}
          </p>
          <RightsAdvice code={fault.code} />
        </div>
      )}
      {isEncrypted && current !== undefined && (
        <>
          <RotateNow
            what={what}
            periods={periods}
            isBusy={isBusy}
            retire={() => attempt(protection.retire(current), 'New keys are in force.')}
          />
          <KeyTable what={what} periods={periods} />
        </>
      )}
      <AskTable asks={asks} reload={protection.reload} more={protection.moreAsks} />
    </>
  )
}

const savedWords = ({ mode }: Policy, what: What): string =>
  mode === 'none' ? 'The protection is off.' : `The ${what} is protected so.`
