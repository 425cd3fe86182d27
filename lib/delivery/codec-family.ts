/** Codec families: renditions between which a decoder can switch without being reinitialised. */

/**
 * The part of an RFC 6381 codec name that must be equal: AAC-LC and HE-AAC form one family, which excludes MP3 and
 * xHE-AAC.
 */
export function codecFamily(codec: string): string {
  if (/^mp4a\.40\.(?:2|5|29)$/.test(codec)) return 'mp4a.40'
  return codec.startsWith('mp4a.') ? codec : (codec.split('.', 1)[0] ?? codec)
}

/** Whether every player decodes the codec. */
export const playsEverywhere = (codec: string): boolean => codecFamily(codec) === 'mp4a.40'
