/** Sample rates of MP3: those of MPEG-1, halved in MPEG-2 and quartered in MPEG-2.5. */

/** ISO/IEC 11172-3 2.4.2.3, ISO/IEC 13818-3 2.4.2.3. */
const mpeg1Rates = new Set([32000, 44100, 48000])

/**
 * The object type in MPEG-4's registry (ISO/IEC 14496-1 table 5): 0x6b for MPEG-1, 0x69 for MPEG-2 with its lower
 * rates; undefined if MP3 does not have the rate.
 */
export function mp3ObjectType(sampleRate: number): 0x6b | 0x69 | undefined {
  if (mpeg1Rates.has(sampleRate)) return 0x6b
  return mpeg1Rates.has(sampleRate * 2) || mpeg1Rates.has(sampleRate * 4) ? 0x69 : undefined
}
