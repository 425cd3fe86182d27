/** Where a viewer is, as CloudFront tells it: a request that came another way could say anything. */
import { sha256Hex } from '../../platform/digest.ts'
import { frontHeader } from '../../platform/front-header.ts'

const countryHeader = 'cloudfront-viewer-country'

/** ISO 3166-1 alpha-2; undefined where no front said it, or none that knows one of `secrets`. */
export function viewerCountry(
  headers: Readonly<Record<string, string | undefined>>,
  secrets: readonly string[],
): string | undefined {
  const shown = headers[frontHeader]
  // Digests are compared, so that the time it takes tells nothing of a secret.
  const isFront = shown !== undefined && secrets.map(sha256Hex).includes(sha256Hex(shown))
  return isFront ? headers[countryHeader] : undefined
}
