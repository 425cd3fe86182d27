/** A deployment proved call by call: what each check is given, and what it says. */
import type { StoreSize } from '../../lib/platform/aws/key-values.ts'
import type { Outputs } from '../commands/stack-outputs.ts'

/** What a check found: right, wrong with what to do about it, or not looked at with the reason. */
export type Finding =
  | { readonly verdict: 'right'; readonly saw: string }
  | {
      readonly verdict: 'wrong'
      readonly saw: string
      readonly advice: string
      /** No answer came: perhaps none will. */
      readonly isSilent?: boolean
    }
  | { readonly verdict: 'not looked at'; readonly saw: string }

/** Everything as it should be. */
export const right = (saw: string): Finding => ({ verdict: 'right', saw })
/** Something is not, and this is what mends it. */
export const wrong = (saw: string, advice: string) => ({ verdict: 'wrong', saw, advice }) as const
/** Nobody could tell from here. */
export const notLookedAt = (saw: string): Finding => ({ verdict: 'not looked at', saw })

/** What a check may ask. */
export interface Patient {
  readonly outputs: Outputs
  /** Which of AWS, the API and the front do not answer within ten seconds, and why. */
  knock(): Promise<readonly string[]>
  /** One output; throws CLI_OUTPUT where there is none of that name. */
  output(name: string): string
  /** A request as a player makes it, of a path of the distribution or a whole URL; throws after 35 s. */
  play(path: string, options?: RequestInit): Promise<Played>
  /** A request of the operator's API. */
  api(method: string, path: string, body?: object): Promise<Played>
  /** What stands in the store at the edge, and how full it is. */
  edge(): Promise<{ readonly size: StoreSize; readonly readiness: string | undefined }>
  /** A signed request of an AWS service. */
  aws(call: AwsCall): Promise<Played>
  /** Puts an upload. */
  upload(key: string, body: Uint8Array | string): Promise<void>
  /** Pauses. */
  wait(ms: number): Promise<void>
  /** Epoch milliseconds. */
  now(): number
}

/** An answer, read to its end. */
export interface Played {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Buffer
  readonly text: string
}

/** A request of an AWS service that no client of ours speaks. */
export interface AwsCall {
  readonly service: string
  /** Host where AWS has the service. */
  readonly host: string
  readonly region: string
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** One call or a few that belong together. */
export interface Check {
  readonly title: string
  run(patient: Patient): Promise<Finding>
}

/** A code and message as headend's errors have them, else the beginning of what was said. */
export function said({ status, text }: Played): string {
  const [, code] = /"code":"([A-Z0-9_]+)"/.exec(text) ?? []
  return code === undefined
    ? `${status} ${text.slice(0, 120).replaceAll('\n', ' ')}`.trim()
    : `${status} ${code}`
}
