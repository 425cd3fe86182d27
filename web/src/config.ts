/** Where the console talks to, and as whom. */
import { decoded } from './fragment.ts'

/** `/config.json`, written when the console is deployed. */
export interface Config {
  readonly apiUrl: string
  readonly playbackUrl: string
  /** Where players get licences; no slash at the end. */
  readonly licenceUrl: string
}

/** Reads `/config.json`; throws where it is missing or says nothing useful. */
export async function loadConfig(): Promise<Config> {
  const response = await fetch('/config.json', { cache: 'no-cache' })
  if (!response.ok) throw new Error(`/config.json: expected 200, got ${response.status}`)
  const { apiUrl, playbackUrl, licenceUrl } = (await response.json()) as Partial<Config>
  if (typeof apiUrl !== 'string' || typeof playbackUrl !== 'string' || typeof licenceUrl !== 'string')
    throw new Error('/config.json: expected apiUrl, playbackUrl and licenceUrl')
  return { apiUrl, playbackUrl, licenceUrl }
}

const tokenName = 'headend.token'

/**
 * The operator's token. A link brings it as `#token=…`: a fragment reaches no server and no log, and it leaves
 * the address at once, so that it is not copied along with it.
 */
export function takeToken(): string | undefined {
  const match = /^#token=([^&]+)(?:&(.*))?$/.exec(location.hash)
  if (match?.[1] !== undefined) {
    const token = decoded(match[1])
    if (token !== undefined) keepToken(token)
    history.replaceState(null, '', `${location.pathname}${location.search}#/${match[2] ?? ''}`)
  }
  return sessionStorage.getItem(tokenName) ?? undefined
}

/** Keeps the token as long as this tab lives. */
export const keepToken = (token: string): void => sessionStorage.setItem(tokenName, token)

/** Forgets it. */
export const dropToken = (): void => sessionStorage.removeItem(tokenName)
