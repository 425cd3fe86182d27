/** What to do about a refusal of rights; nothing where its own words say it all. */
import { Advice } from './advice.tsx'
import { rightsAdvice } from './what-to-do.ts'

export function RightsAdvice({ code }: { readonly code: string | undefined }) {
  const advice = code === undefined ? undefined : rightsAdvice(code)
  return code !== undefined && advice ? <Advice code={code} advice={advice} /> : null
}
