/** Reads a function's configuration, once, when it is loaded. */
import { HeadendError } from '../errors.ts'

/**
 * The named values, none of them empty; throws CONFIG_MISSING with the names of those that are missing, so that a
 * function fails when it is loaded rather than later, elsewhere. @default source the environment
 */
export function readConfig<Name extends string>(
  names: readonly Name[],
  source: Readonly<Record<string, string | undefined>> = process.env,
): Readonly<Record<Name, string>> {
  const missing = names.filter((name) => !source[name])
  if (missing.length > 0)
    throw new HeadendError(
      'CONFIG_MISSING',
      `configuration: expected ${missing.join(', ')}, got nothing; deploy the stack that sets it`,
      { status: 500 },
    )
  const values = names.map((name) => [name, source[name]] as const)
  return Object.fromEntries(values) as Record<Name, string>
}
