/** The viewer's country from CloudFront: a request that bypassed it could claim anything. */

import { isSameText } from '../../platform/crypto/same-text.ts'
import { originVerifyHeader } from '../../platform/http/front-header.ts'

const countryHeader = 'cloudfront-viewer-country'

/** ISO 3166-1 alpha-2; undefined unless the request proves with one of `secrets` that it came through the front. */
export function viewerCountry(
  headers: Readonly<Record<string, string | undefined>>,
  secrets: readonly string[],
): string | undefined {
  return frontStanding(headers, secrets) === 'known' ? headers[countryHeader] : undefined
}

/** Whether a request claims to have come through the distribution, and whether the claim is trusted. */
export function frontStanding(
  headers: Readonly<Record<string, string | undefined>>,
  secrets: readonly string[],
): 'none' | 'unknown' | 'known' {
  const shown = headers[originVerifyHeader]
  if (!shown) return 'none'
  return secrets.some((secret) => isSameText(shown, secret)) ? 'known' : 'unknown'
}
