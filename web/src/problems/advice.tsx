/** What to do, with the command that does it where there is one. */
import { Copyable } from '../copyable.tsx'
import { whatToDo } from './what-to-do.ts'

export function Advice({ code }: { readonly code: string }) {
  const { text, command } = whatToDo(code)
  return (
    <div class="advice" data-advice={code}>
      <p>
        <strong>What to do:</strong> {text}
      </p>
      {command !== undefined && <Copyable name="Shell" text={command} />}
    </div>
  )
}
