/** How protected content is played here: scheme, DRM, and in words what this browser can't. */
import { useEffect, useState } from 'preact/hooks'
import type { DrmSystem, EncryptedPolicy } from '../../../lib/rights/protection/policy.ts'
import { systemNames } from '../protection/policy-words.ts'
import { hasSystem } from './drm.ts'
import type { PlayChoice } from './playback.ts'

export function PlayBar({
  policy,
  choice,
  change,
}: {
  readonly policy: EncryptedPolicy
  readonly choice: PlayChoice
  readonly change: (choice: PlayChoice) => void
}) {
  const present = usePresent(policy.systems)
  useEffect(() => {
    if (!present || present.some((system) => system === choice.system)) return
    // The one that needs no server of the operator's, where it is offered.
    change({ ...choice, system: present.find((system) => system === 'clearkey') ?? present[0] ?? 'none' })
  }, [present])
  const missing = policy.systems.filter((system) => !present?.includes(system))
  return (
    <section class="panel play-bar" aria-label="Protected playback">
      <label class="field row">
        <span class="field-name">Scheme</span>
        <select
          value={choice.scheme}
          onChange={({ currentTarget: { value } }) => {
            if (value === '' || value === 'cenc' || value === 'cbcs') change({ ...choice, scheme: value })
          }}
        >
          {policy.schemes.length > 1 && <option value="">usual: cbcs in HLS, cenc in DASH</option>}
          {policy.schemes.map((scheme) => (
            <option key={scheme} value={policy.schemes.length === 1 ? '' : scheme}>
              {scheme}
            </option>
          ))}
        </select>
      </label>
      <label class="field row">
        <span class="field-name">DRM</span>
        <select
          value={choice.system}
          disabled={present?.length === 0}
          onChange={({ currentTarget: { value } }) => {
            const system = present?.find((one) => one === value)
            if (system) change({ ...choice, system })
          }}
        >
          {present?.length === 0 && <option value="none">none</option>}
          {policy.systems.map((system) => (
            <option key={system} value={system} disabled={!present?.includes(system)}>
              {systemNames[system]}
            </option>
          ))}
        </select>
      </label>
      <p class={present?.length === 0 ? 'fault' : 'faint'} role="status">
        {present && wordsOf(present, missing)}
      </p>
    </section>
  )
}

function wordsOf(present: readonly DrmSystem[], missing: readonly DrmSystem[]): string {
  const names = missing.map((system) => systemNames[system])
  if (present.length === 0)
    return `This film needs ${names.join(' or ')}, which this browser does not have: it can not play here. Add Clear Key to its protection to try it, or open this page in a browser that has the DRM.`
  const played = 'Played in a session and with a playback token of this page.'
  return missing.length === 0 ? played : `${played} This browser has no ${names.join(' or ')}.`
}

/** Those of the systems that this browser has; undefined until it has said. */
function usePresent(systems: readonly DrmSystem[]): readonly DrmSystem[] | undefined {
  const [present, setPresent] = useState<readonly DrmSystem[]>()
  const wanted = systems.join()
  useEffect(() => {
    let gone = false
    const look = async () => {
      const has = await Promise.all(systems.map(hasSystem))
      if (!gone) setPresent(systems.filter((_, i) => has[i]))
    }
    void look()
    return () => {
      gone = true
    }
  }, [wanted])
  return present
}
