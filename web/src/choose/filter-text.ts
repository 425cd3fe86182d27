/** `aws.manifestfilter` as text, and one parameter of it at a time; what is wrong in it is for the API to say. */

/** What is asked of the manifests. */
export interface Choice {
  /** Empty: none. */
  readonly device: string
  /** `video_height:1080;audio_language:en`, as it was written. */
  readonly filter: string
}

export const everything: Choice = { device: '', filter: '' }

/** The values of a parameter; empty where it is not asked for. */
export function valueOf(filter: string, name: string): string {
  const part = partsOf(filter).find(([known]) => known.toLowerCase() === name)
  return part?.[1] ?? ''
}

/** The filter with other values for one parameter, the rest as it was; an empty value takes it out. */
export function withValue(filter: string, name: string, value: string): string {
  const parts = partsOf(filter)
  const at = parts.findIndex(([known]) => known.toLowerCase() === name)
  const part = [name, value] as const
  const next = at < 0 ? [...parts, part] : parts.with(at, part)
  return next
    .filter(([known, values]) => known !== name || values !== '')
    .map(([known, values]) => (values === '' ? known : `${known}:${values}`))
    .join(';')
}

function partsOf(filter: string): readonly (readonly [name: string, values: string])[] {
  return filter
    .split(';')
    .filter((part) => part !== '')
    .map((part) => {
      const colon = part.indexOf(':')
      return colon < 0 ? [part, ''] : [part.slice(0, colon), part.slice(colon + 1)]
    })
}

/** The query of a manifest URL with its question mark; empty where all is wanted. */
export function queryOf({ device, filter }: Choice): string {
  const parts = [
    device !== '' && `device=${escaped(device)}`,
    filter !== '' && `aws.manifestfilter=${escaped(filter)}`,
  ]
  const query = parts.filter(Boolean).join('&')
  return query === '' ? '' : `?${query}`
}

/** These a query may hold as they are (RFC 3986 3.4), and people read them. */
const escaped = (text: string): string =>
  encodeURIComponent(text).replaceAll('%3A', ':').replaceAll('%3B', ';').replaceAll('%2C', ',')
