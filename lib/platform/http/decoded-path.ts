/** Paths as API Gateway's HTTP APIs pass them: percent-decoded, including `%2F`, up to twice. */

/**
 * Encodes the characters that are special in a URL, so that parsing it as a URL gives back the decoded path: an account
 * `x%62` is not `xb`, and a `#` does not start a fragment.
 */
export function encodedPath(decodedPath: string): string {
  return encodeURI(decodedPath.toWellFormed()).replace(/[?#]/g, encodeURIComponent)
}
