/** Outputs made of the template's secrets, so that nobody has to look for them: which ones is for whoever starts the cloud. */
import { LocalError } from './errors.ts'
import { isRecord } from './json-input.ts'
import type { Template } from './template/model.ts'

/** An output made of the secret that some function of the template reads. */
export interface SecretOutput {
  readonly output: string
  /** The environment variable by which the function finds the secret. */
  readonly variable: string
  /** Makes the output of the members of the secret, which is JSON. */
  readonly valueOf: (member: (name: string) => string) => string | Promise<string>
}

/** The outputs whose secret a function of the template has. */
export async function secretOutputs(
  wanted: readonly SecretOutput[],
  template: Pick<Template, 'ofType'>,
  secretValue: (id: string) => string | undefined,
): Promise<Readonly<Record<string, string>>> {
  const made: Record<string, string> = {}
  for (const { output, variable, valueOf } of wanted) {
    const secret = secretIn(template, variable)
    if (secret !== undefined) made[output] = await valueOf(members(secret, secretValue(secret)))
  }
  return made
}

/** What the first function that has a variable finds there. */
function secretIn(template: Pick<Template, 'ofType'>, variable: string): string | undefined {
  return template
    .ofType('AWS::Lambda::Function')
    .map(({ properties: { Environment: environment } }) =>
      isRecord(environment) && isRecord(environment['Variables'])
        ? environment['Variables'][variable]
        : undefined,
    )
    .find((value) => typeof value === 'string')
}

function members(id: string, text: string | undefined): (name: string) => string {
  const secret: unknown = JSON.parse(text ?? 'null')
  return (name) => {
    const value = isRecord(secret) ? secret[name] : undefined
    if (typeof value === 'string') return value
    throw new LocalError('LOCAL_SECRET', `${id}: expected JSON with a member ${name}`)
  }
}
