/** Sample rates of MP3: those of MPEG-1, and the halves of MPEG-2 and quarters of MPEG-2.5. */

/** ISO/IEC 11172-3 2.4.2.3, ISO/IEC 13818-3 2.4.2.3. */
const mpeg1Rates = new Set([32000, 44100, 48000])

/** MPEG-1 in the registry of MPEG-4 (ISO/IEC 14496-1 table 5) is 0x6b, MPEG-2 with its lower rates 0x69; undefined for what is no rate of MP3. */
export function mp3ObjectType(sampleRate: number): 0x6b | 0x69 | undefined {
  if (mpeg1Rates.has(sampleRate)) return 0x6b
  return mpeg1Rates.has(sampleRate * 2) || mpeg1Rates.has(sampleRate * 4) ? 0x69 : undefined
}
