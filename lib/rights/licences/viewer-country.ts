/** Where a viewer is, as CloudFront tells it: a request that came another way could say anything. */

import { isSameText } from '../../platform/crypto/same-text.ts'
import { originVerifyHeader } from '../../platform/http/front-header.ts'

const countryHeader = 'cloudfront-viewer-country'

/** ISO 3166-1 alpha-2; undefined where no front said it, or none that knows one of `secrets`. */
export function viewerCountry(
  headers: Readonly<Record<string, string | undefined>>,
  secrets: readonly string[],
): string | undefined {
  return frontStanding(headers, secrets) === 'known' ? headers[countryHeader] : undefined
}

/** Whether a request shows that it came through the distribution, and whether that is believed. */
export function frontStanding(
  headers: Readonly<Record<string, string | undefined>>,
  secrets: readonly string[],
): 'none' | 'unknown' | 'known' {
  const shown = headers[originVerifyHeader]
  if (!shown) return 'none'
  return secrets.some((secret) => isSameText(shown, secret)) ? 'known' : 'unknown'
}
