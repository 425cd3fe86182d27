/** Paths as API Gateway's HTTP APIs hand them on: percent-decoded once, `%2F` too. */

/**
 * The path with everything encoded that a URL would take for something else, so that whoever reads it as a URL gets back
 * what was decoded: an account `x%62` is not `xb`, and a `#` ends nothing.
 */
export function encodedPath(decodedPath: string): string {
  return encodeURI(decodedPath.toWellFormed()).replace(/[?#]/g, encodeURIComponent)
}
