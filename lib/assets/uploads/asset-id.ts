/** Ids that names of files make. Pure, and of no platform: the console asks it before it sends. */

/**
 * A name a person gave a file as an asset id: accents fall off their letters, runs of what an id can't hold
 * become one hyphen. A name that has nothing left (all Cyrillic, say) keeps apart by a number made from it.
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

/** FNV-1a, 32 bits: not for safety, only so that two such names seldom meet. */
function checksum(text: string): string {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash.toString(36)
}
