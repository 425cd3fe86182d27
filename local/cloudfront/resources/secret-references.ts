/** `{{resolve:secretsmanager:…}}`, by which a template names the value of a secret without having it. */
import { LocalError } from '../../errors.ts'
import { isRecord } from '../../json-input.ts'

/** An id is a name or an ARN, whose seven parts are parted by colons, too. */
const reference =
  /\{\{resolve:([^:}]+):((?:arn:(?:[^:}]*:){5})?[^:}]+)(?::SecretString(?::([^:}]*)(?::[^}]*)?)?)?\}\}/g

/** The text with the current values of the secrets it names, or of their JSON's members. */
export function withSecrets(text: string, valueOf: (id: string) => string | undefined): string {
  return text.replaceAll(reference, (whole, service: string, id: string, member: string | undefined) => {
    const value = service === 'secretsmanager' ? valueOf(id) : undefined
    const found = value === undefined || !member ? value : memberOf(value, member)
    if (found !== undefined) return found
    throw new LocalError(
      'TEMPLATE_REFERENCE',
      `${whole}: expected a secret of this template and a text in it`,
    )
  })
}

function memberOf(value: string, member: string): string | undefined {
  const json: unknown = JSON.parse(value)
  const found = isRecord(json) ? json[member] : undefined
  return typeof found === 'string' ? found : undefined
}
