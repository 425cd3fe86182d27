/** RFC 6381 names in words: what a person calls a codec, its profile and its level. */

/** `H.264 High, level 4.0`; the family's name alone where the rest says nothing known. */
export function codecWords(codec: string): string {
  const [family = '', ...parts] = codec.split('.')
  switch (family.toLowerCase()) {
    case 'avc1':
    case 'avc3':
      return h264(parts[0] ?? '')
    case 'hvc1':
    case 'hev1':
      return hevc(parts)
    case 'dvh1':
    case 'dvhe':
      return `Dolby Vision profile ${Number(parts[0])}, level ${Number(parts[1])}`
    case 'av01':
      return av1(parts)
    case 'vp09':
      return `VP9 profile ${Number(parts[0])}, level ${tenths(parts[1])}, ${Number(parts[2])} bit`
    case 'mp4a':
      return mp4a(codec)
    default:
      return others[family.toLowerCase()] ?? codec
  }
}

const others: Readonly<Record<string, string>> = {
  'ac-3': 'Dolby Digital (AC-3)',
  'ec-3': 'Dolby Digital Plus (E-AC-3)',
  'ac-4': 'Dolby AC-4',
  opus: 'Opus',
  flac: 'FLAC',
  wvtt: 'WebVTT',
  stpp: 'TTML (IMSC)',
}

/** Of ISO/IEC 14496-10 Annex A, by profile_idc. */
const h264Profiles: Readonly<Record<number, string>> = {
  66: 'Baseline',
  77: 'Main',
  88: 'Extended',
  100: 'High',
  110: 'High 10',
  122: 'High 4:2:2',
  244: 'High 4:4:4',
}

function h264(hex: string): string {
  const [profile, constraints, level] = [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16))
  if (!profile || constraints === undefined || !level) return 'H.264'
  // constraint_set1 makes a Baseline stream one a Main decoder plays, which people call constrained.
  const constrained = profile === 66 && (constraints & 0x40) !== 0 ? 'Constrained ' : ''
  return `H.264 ${constrained}${h264Profiles[profile] ?? `profile ${profile}`}, level ${(level / 10).toFixed(1)}`
}

const hevcProfiles: Readonly<Record<string, string>> = { 1: 'Main', 2: 'Main 10', 3: 'Main Still Picture' }

/** ISO/IEC 14496-15 Annex E: profile, compatibility, tier and level. */
function hevc([profile = '', , tier = '']: readonly string[]): string {
  const level = Number(tier.slice(1)) / 30
  const high = tier.startsWith('H') ? ', High tier' : ''
  const name = hevcProfiles[profile.replace(/^[A-C]/, '')] ?? `profile ${profile}`
  return `HEVC ${name}${level > 0 ? `, level ${level.toFixed(1)}` : ''}${high}`
}

/** AV1 codec ISO media file format binding, 5: profile, level and tier, bit depth. */
function av1([profile = '', level = '', depth = '']: readonly string[]): string {
  const index = Number.parseInt(level, 10)
  const name = ['Main', 'High', 'Professional'][Number(profile)] ?? `profile ${profile}`
  return `AV1 ${name}, level ${2 + (index >> 2)}.${index & 3}, ${Number(depth)} bit`
}

const tenths = (text = ''): string => (Number(text) / 10).toFixed(1)

function mp4a(codec: string): string {
  const known: Readonly<Record<string, string>> = {
    'mp4a.40.2': 'AAC-LC',
    'mp4a.40.5': 'HE-AAC',
    'mp4a.40.29': 'HE-AAC v2',
    'mp4a.40.42': 'xHE-AAC',
    'mp4a.40.34': 'MP3',
    'mp4a.6b': 'MP3',
    'mp4a.69': 'MP3',
  }
  return known[codec.toLowerCase()] ?? 'AAC'
}
