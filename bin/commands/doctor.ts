/** `headend doctor`: proves a deployment from outside, call by call, and says what to do about what is wrong. */
import { accountChecks } from '../doctor/account.ts'
import type { Check, Finding, Patient } from '../doctor/check.ts'
import { openPatient } from '../doctor/patient.ts'
import { playbackChecks } from '../doctor/playback.ts'
import { rightsChecks } from '../doctor/rights.ts'
import { type Command, parse } from './command.ts'
import { choosePlace, placeOptions, placeUsage } from './place.ts'

const usage = `doctor [--json] ${placeUsage}`
const checks: readonly Check[] = [...accountChecks, ...playbackChecks, ...rightsChecks]

/** A check and what came of it. */
interface Examined {
  readonly title: string
  readonly finding: Finding
}

export const doctorCommand: Command = {
  name: 'doctor',
  usage,
  summary: 'proves a deployment call by call; uploads headend-doctor and headend-doctor-protected',
  async run(args) {
    const { values } = parse(args, {
      options: { ...placeOptions, json: { type: 'boolean' } },
      positionals: 0,
      usage,
    })
    const patient = await openPatient(await choosePlace(values))
    const examined = await examine(patient, (line) => void process.stderr.write(`${line}\n`))
    const wrong = examined.filter(({ finding }) => finding.verdict === 'wrong')
    if (wrong.length > 0) process.exitCode = 1
    if (values.json)
      return `${JSON.stringify(examined.map(({ title, finding }) => ({ title, ...finding })))}\n`
    return wrong.length === 0
      ? 'healthy\n'
      : `${wrong.length} of ${examined.length} wrong\n${wrong.map(adviceOf).join('')}`
  },
}

/** Runs all checks in order, and tells of each before and after it ran. */
async function examine(patient: Patient, tell: (line: string) => void): Promise<readonly Examined[]> {
  const examined: Examined[] = []
  for (const [i, check] of checks.entries()) {
    const { title } = check
    const place = `${String(i + 1).padStart(2)}/${checks.length}`
    tell(`${place} ${title} ...`)
    const finding = await check.run(patient).catch(
      (error: unknown): Finding => ({
        verdict: 'wrong',
        saw: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
        advice: 'no answer at all: is the deployment complete, and does this machine reach it?',
      }),
    )
    tell(`${place} ${title}: ${finding.verdict}, ${finding.saw}`)
    examined.push({ title, finding })
  }
  return examined
}

const adviceOf = ({ title, finding }: Examined): string =>
  finding.verdict === 'wrong' ? `- ${title}: ${finding.saw}\n  ${finding.advice}\n` : ''
