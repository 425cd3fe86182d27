/** Paths as API Gateway's HTTP APIs hand them on: percent-decoded, `%2F` too, as often as twice. */

/**
 * The path with everything encoded that a URL would take for something else, so that whoever reads it as a URL gets back
 * what was decoded: an account `x%62` is not `xb`, and a `#` ends nothing.
 */
export function encodedPath(decodedPath: string): string {
  return encodeURI(decodedPath.toWellFormed()).replace(/[?#]/g, encodeURIComponent)
}
