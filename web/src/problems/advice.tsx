/** What to do, with the command that does it where there is one. */
import { Copyable } from '../copyable.tsx'
import { type WhatToDo, whatToDo } from './what-to-do.ts'

export function Advice({
  code,
  advice = whatToDo(code),
}: {
  readonly code: string
  /** Where it is known already. */
  readonly advice?: WhatToDo
}) {
  const { text, command } = advice
  return (
    <div class="advice" data-advice={code}>
      <p>
        <strong>What to do:</strong> {text}
      </p>
      {command !== undefined && <Copyable name="Shell" text={command} />}
    </div>
  )
}
