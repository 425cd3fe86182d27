/** `headend doctor`: proves a deployment from outside, call by call, and says what to do about what is wrong. */
import { accountChecks } from '../doctor/account.ts'
import type { Check } from '../doctor/check.ts'
import { type Examined, examine } from '../doctor/examine.ts'
import { openPatient } from '../doctor/patient.ts'
import { playbackChecks } from '../doctor/playback.ts'
import { rightsChecks } from '../doctor/rights.ts'
import { type Command, parse } from './command.ts'
import { choosePlace, placeOptions, placeUsage } from './place.ts'

const usage = `doctor [--json] ${placeUsage}`
const checks: readonly Check[] = [...accountChecks, ...playbackChecks, ...rightsChecks]

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
    const patient = openPatient(await choosePlace(values))
    const examined = await examine(patient, { checks, tell })
    const wrong = examined.filter(({ finding }) => finding.verdict === 'wrong')
    if (wrong.length > 0) process.exitCode = 1
    if (values.json)
      return `${JSON.stringify(examined.map(({ title, finding }) => ({ title, ...finding })))}\n`
    return wrong.length === 0
      ? 'healthy\n'
      : `${wrong.length} of ${examined.length} wrong\n${wrong.map(adviceOf).join('')}`
  },
}

const tell = (line: string): void => void process.stderr.write(`${line}\n`)

const adviceOf = ({ title, finding }: Examined): string =>
  finding.verdict === 'wrong' ? `- ${title}: ${finding.saw}\n  ${finding.advice}\n` : ''
