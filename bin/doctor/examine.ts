/** Runs the checks in order, tells of each before and after it ran, and stops where nothing answers. */
import { type Check, type Finding, notLookedAt, type Patient, wrong } from './check.ts'

/** A check and what came of it. */
export interface Examined {
  readonly title: string
  readonly finding: Finding
}

const doors = 'AWS, the API and the front answer'
const sameReason = 'for the same reason'

/**
 * All that was found. First of all the doors are knocked at, and again after a check that got no answer: where one
 * stays shut, each of the checks that are left would wait for it, and say no more than that.
 */
export async function examine(
  patient: Patient,
  { checks, tell }: { readonly checks: readonly Check[]; readonly tell: (line: string) => void },
): Promise<readonly Examined[]> {
  const examined: Examined[] = []
  /** Why nothing is asked any more; said once. */
  let shut: string | undefined
  const all: readonly Check[] = [{ title: doors, run: knocked }, ...checks]
  for (const [i, check] of all.entries()) {
    const { title } = check
    const place = `${String(i + 1).padStart(2)}/${all.length}`
    tell(`${place} ${title} ...`)
    const finding = shut === undefined ? await check.run(patient).catch(unanswered) : notLookedAt(shut)
    if (shut !== undefined) shut = sameReason
    tell(`${place} ${title}: ${finding.verdict}, ${finding.saw}`)
    examined.push({ title, finding })
    if (finding.verdict === 'wrong' && finding.isSilent)
      shut = title === doors ? sameReason : (await patient.knock()).join('; ') || undefined
  }
  return examined
}

async function knocked(patient: Patient): Promise<Finding> {
  const silent = await patient.knock()
  return silent.length === 0
    ? { verdict: 'right', saw: 'all three' }
    : { ...wrong(silent.join('; '), silentAdvice), isSilent: true }
}

const silentAdvice =
  'nothing else was looked at: are these the outputs of a deployment that stands, does this machine reach it, and may these credentials read its OperatorSecret?'

const unanswered = (error: unknown): Finding => ({
  ...wrong(
    error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    'no answer at all: is the deployment complete, and does this machine reach it?',
  ),
  isSilent: true,
})
