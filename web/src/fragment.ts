/** Fragments of the address, which anybody may have typed. */

/** The text as it was before it was percent-encoded; undefined where it never was (`%E0%A4%A`). */
export function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
