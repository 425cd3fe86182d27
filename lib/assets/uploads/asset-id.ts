/** Derives ids from file names. Pure and platform-independent: the console calls it before it uploads. */

/**
 * Converts a file name to an asset id: accents are removed, runs of invalid characters become one hyphen. A name with
 * nothing left (all Cyrillic, say) gets a checksum of the name instead.
 */
export function assetIdOf(name: string): string {
  const id = name
    .normalize('NFKD')
    .replace(/\p{Mark}+/gu, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 128)
    .replace(/[-.]+$/, '')
  return id === '' ? `film-${checksum(name)}` : id
}

/** FNV-1a, 32 bits: not for security, only so that two such names rarely collide. */
function checksum(text: string): string {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash.toString(36)
}
