/** Which renditions a decoder can go between without being set up anew. */

/** The part of an RFC 6381 name that must be equal: all AAC-LC and HE-AAC is one family, MP3 and xHE are not of it. */
export function codecFamily(codec: string): string {
  if (/^mp4a\.40\.(?:2|5|29)$/.test(codec)) return 'mp4a.40'
  return codec.startsWith('mp4a.') ? codec : (codec.split('.', 1)[0] ?? codec)
}

/** Whether every player decodes it. */
export const playsEverywhere = (codec: string): boolean => codecFamily(codec) === 'mp4a.40'
