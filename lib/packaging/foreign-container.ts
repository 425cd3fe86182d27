/** Which other container a file is, by its first bytes, so that a film under a wrong name says what it is. */

const latin1 = (bytes: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...bytes.subarray(from, to))

const transportPacketBytes = 188

/** Name of the container that `start` (188 bytes and one, where there are so many) begins; undefined where it is none of these. */
export function foreignContainer(start: Uint8Array): string | undefined {
  const four = latin1(start, 0, 4)
  if (four === '\x1aE\xdf\xa3') return 'Matroska or WebM'
  if (four === 'RIFF') return latin1(start, 8, 12) === 'WAVE' ? 'WAV' : 'AVI'
  if (four === 'OggS') return 'Ogg'
  if (four === 'fLaC') return 'FLAC'
  if (four.startsWith('FLV')) return 'Flash Video'
  if (four.startsWith('ID3')) return 'MP3'
  if (four === '0&\xb2u') return 'ASF (WMV)'
  if (four === '\x06\x0e+4') return 'MXF'
  if (four === '\0\0\x01\xba') return 'an MPEG program stream'
  if (start[0] === 0x47 && start[transportPacketBytes] === 0x47) return 'an MPEG transport stream'
  return undefined
}
