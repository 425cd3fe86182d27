/** Figures as people read them. */

/** `1:02:03`, `0:31`; a dash where unknown. */
export function clock(seconds: number | undefined): string {
  if (seconds === undefined || !Number.isFinite(seconds)) return '–'
  const whole = Math.max(0, Math.floor(seconds))
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor((whole % 3600) / 60)
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`
}

/** `0:06.006`: to the millisecond. */
export function preciseClock(seconds: number): string {
  const ms = Math.round(seconds * 1000)
  return `${clock(ms / 1000)}.${String(ms % 1000).padStart(3, '0')}`
}

const two = (value: number): string => String(value).padStart(2, '0')

/** Decimal, as disks and networks are sold. */
export function byteSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  const units = ['kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = -1
  do {
    value /= 1000
    unit++
  } while (value >= 999.5 && unit < units.length - 1)
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`
}

/** Bits a second. */
export function bitrate(bitsPerSecond: number | undefined): string {
  if (bitsPerSecond === undefined || !Number.isFinite(bitsPerSecond)) return '–'
  return bitsPerSecond >= 1e6
    ? `${(bitsPerSecond / 1e6).toFixed(2)} Mbit/s`
    : `${Math.round(bitsPerSecond / 1e3)} kbit/s`
}

/** How long ago, coarsely. */
export function ago(iso: string, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - Date.parse(iso)) / 1000))
  if (seconds < 10) return 'just now'
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  return iso.slice(0, 10)
}

/** `2026-12-01 14:05`, as it is here. */
export function dateTime(iso: string): string {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return '–'
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`
}

/** How long it will take, coarsely. */
export const remaining = (seconds: number): string =>
  seconds < 60 ? `${Math.max(1, Math.round(seconds))} s left` : `${Math.round(seconds / 60)} min left`

const codecs: readonly (readonly [RegExp, string])[] = [
  [/^avc[13]/, 'H.264'],
  [/^(hvc1|hev1)/, 'HEVC'],
  [/^av01/, 'AV1'],
  [/^vp09/, 'VP9'],
  [/^mp4a\.40\.2$/, 'AAC-LC'],
  [/^mp4a\.40\.(5|29)$/, 'HE-AAC'],
  [/^mp4a/, 'AAC'],
  [/^ac-3/, 'AC-3'],
  [/^ec-3/, 'E-AC-3'],
  [/^opus/i, 'Opus'],
  [/^flac/i, 'FLAC'],
]

/** A codec by the name people use. */
export const codecName = (codec: string): string =>
  codecs.find(([shape]) => shape.test(codec))?.[1] ?? codec.split('.')[0] ?? codec
