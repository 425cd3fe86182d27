/** The protocol version that a playlist requires (RFC 8216bis 8): the highest of its features. */

/** The version that introduced each feature. */
export const VERSION_OF = {
  initializationVector: 2,
  fractionalDuration: 3,
  byteRange: 4,
  iFramesOnly: 4,
  keyFormat: 5,
  mapInIFrames: 5,
  map: 6,
  serviceInstreamId: 7,
  variable: 8,
  skip: 9,
  queryParam: 11,
  requirement: 12,
  instreamIdBesidesCaptions: 13,
} as const

/** The version required by unmodified third-party lines, which may contain a definition. */
export function versionOfLines(lines: readonly string[] | undefined): number {
  let version = 1
  for (const line of lines ?? []) {
    if (line.startsWith('#EXT-X-DEFINE:')) {
      version = Math.max(version, line.includes('QUERYPARAM=') ? VERSION_OF.queryParam : VERSION_OF.variable)
    }
  }
  return version
}

/** The tag; version 1 is omitted. */
export function printVersion(version: number): string {
  return version > 1 ? `#EXT-X-VERSION:${version}\n` : ''
}
