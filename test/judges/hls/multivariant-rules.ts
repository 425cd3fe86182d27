/** Rules of a Multivariant Playlist by itself: V1 to V4, V6 to V9. */
import { type Attributes, type Broken, unquote } from './lexer.ts'
import { keyForm } from './media-rules.ts'
import { type JudgedPlaylist, type Tag, tagsNamed } from './playlist.ts'

/** V1 to V9 as far as they need no Media Playlist. */
export function multivariantRules(playlist: JudgedPlaylist): Broken[] {
  return [
    ...variants(playlist),
    ...codecs(playlist),
    ...groups(playlist),
    ...renditions(playlist),
    ...sameMembers(playlist),
    ...iFrames(playlist),
    ...sessionData(playlist),
    ...tagsNamed(playlist, 'EXT-X-SESSION-KEY').flatMap(sessionKey),
    ...steering(playlist),
  ]
}

/** Codecs that make a variant a picture. */
const PICTURE = /^(avc|hvc|hev|dvh|dva|dav|av01|vp0[89]|vvc|vvi)/
const SOUND = /^(mp4a|ac-3|ec-3|ac-4|opus|Opus|fLaC|alac|mp3|dts|mha|mhm|apac)/

function codecList(attributes: Attributes): string[] {
  return (unquote(attributes.get('CODECS')) ?? '').split(',').map((codec) => codec.trim())
}

function variants({ lines, tags }: JudgedPlaylist): Broken[] {
  const broken: Broken[] = []
  let open: Tag | undefined
  for (const line of lines) {
    const tag = tags.find(({ number }) => number === line.number)
    if (tag?.tag === 'EXT-X-STREAM-INF') {
      broken.push(...variantFaults(tag))
      if (open) broken.push({ rule: 'V1', line: open.number, why: 'no URI behind EXT-X-STREAM-INF' })
      open = tag
    } else if (line.kind === 'uri') {
      if (!open) broken.push({ rule: 'V1', line: line.number, why: 'a URI without EXT-X-STREAM-INF' })
      open = undefined
    }
  }
  if (open) broken.push({ rule: 'V1', line: open.number, why: 'no URI behind EXT-X-STREAM-INF' })
  return broken
}

function variantFaults({ attributes, number }: Tag): Broken[] {
  const [peak, average] = ['BANDWIDTH', 'AVERAGE-BANDWIDTH'].map((name) => Number(attributes.get(name)))
  const wanted = ['BANDWIDTH', 'AVERAGE-BANDWIDTH', 'CODECS']
  if (codecList(attributes).some((codec) => PICTURE.test(codec))) wanted.push('RESOLUTION', 'FRAME-RATE')
  const faults = wanted.filter((name) => !attributes.has(name)).map((name) => `no ${name}`)
  if (peak !== undefined && average !== undefined && (peak <= 0 || average > peak)) {
    faults.push(`BANDWIDTH ${peak}, AVERAGE-BANDWIDTH ${average}`)
  }
  return faults.map((why) => ({ rule: 'V1', line: number, why }))
}

const ENUMERATED: Readonly<Record<string, readonly string[]>> = {
  'VIDEO-RANGE': ['SDR', 'HLG', 'PQ'],
  'HDCP-LEVEL': ['NONE', 'TYPE-0', 'TYPE-1'],
}

function codecs(playlist: JudgedPlaylist): Broken[] {
  const broken: Broken[] = []
  const media = tagsNamed(playlist, 'EXT-X-MEDIA')
  for (const tag of [
    ...tagsNamed(playlist, 'EXT-X-STREAM-INF'),
    ...tagsNamed(playlist, 'EXT-X-I-FRAME-STREAM-INF'),
  ]) {
    const { attributes, number: line } = tag
    for (const [name, words] of Object.entries(ENUMERATED)) {
      const value = attributes.get(name)
      if (value !== undefined && !words.includes(value))
        broken.push({ rule: 'V2', line, why: `${name}=${value}` })
    }
    const isHeard = media.some(
      (candidate) =>
        candidate.attributes.get('TYPE') === 'AUDIO' &&
        candidate.attributes.has('URI') &&
        candidate.attributes.get('GROUP-ID') === attributes.get('AUDIO'),
    )
    if (isHeard && !codecList(attributes).some((codec) => SOUND.test(codec))) {
      broken.push({ rule: 'V2', line, why: 'CODECS holds no codec of its AUDIO group' })
    }
  }
  return broken
}

const GROUP_TYPES = ['AUDIO', 'VIDEO', 'SUBTITLES', 'CLOSED-CAPTIONS']

function groups(playlist: JudgedPlaylist): Broken[] {
  const broken: Broken[] = []
  const media = tagsNamed(playlist, 'EXT-X-MEDIA')
  const list = tagsNamed(playlist, 'EXT-X-STREAM-INF')
  for (const { attributes, number } of list) {
    for (const type of GROUP_TYPES) {
      const group = attributes.get(type)
      if (group === undefined || (type === 'CLOSED-CAPTIONS' && group === 'NONE')) continue
      const exists = media.some(
        (tag) => tag.attributes.get('TYPE') === type && tag.attributes.get('GROUP-ID') === group,
      )
      if (!exists) broken.push({ rule: 'V3', line: number, why: `no ${type} group ${group}` })
    }
  }
  const none = list.filter(({ attributes }) => attributes.get('CLOSED-CAPTIONS') === 'NONE')
  if (none.length > 0 && none.length < list.length) {
    broken.push({ rule: 'V3', line: none[0]?.number ?? 0, why: 'CLOSED-CAPTIONS=NONE on some variants only' })
  }
  return broken
}

function renditions(playlist: JudgedPlaylist): Broken[] {
  const broken: Broken[] = []
  const names = new Set<string>()
  const defaults = new Set<string>()
  for (const { attributes, number: line } of tagsNamed(playlist, 'EXT-X-MEDIA')) {
    const get = (name: string) => attributes.get(name)
    const type = get('TYPE')
    const group = `${type} ${get('GROUP-ID')}`
    const name = `${group} ${get('NAME')}`
    const instream = unquote(get('INSTREAM-ID'))
    const isCaptions = type === 'CLOSED-CAPTIONS'
    const faults = [
      ...['TYPE', 'GROUP-ID', 'NAME'].map((wanted) => (attributes.has(wanted) ? undefined : `no ${wanted}`)),
      GROUP_TYPES.includes(type ?? '') ? undefined : `TYPE=${type}`,
      names.has(name) ? `NAME ${get('NAME')} twice in its group` : undefined,
      get('DEFAULT') === 'YES' && defaults.has(group) ? 'a second DEFAULT=YES' : undefined,
      get('DEFAULT') === 'YES' && get('AUTOSELECT') === 'NO' ? 'DEFAULT=YES with AUTOSELECT=NO' : undefined,
      isCaptions && instream === undefined ? 'CLOSED-CAPTIONS without INSTREAM-ID' : undefined,
      isCaptions && attributes.has('URI') ? 'CLOSED-CAPTIONS with URI' : undefined,
      isCaptions && instream !== undefined && !CAPTION_CHANNEL.test(instream)
        ? `INSTREAM-ID ${instream}`
        : undefined,
      type === 'SUBTITLES' && !attributes.has('URI') ? 'SUBTITLES without URI' : undefined,
      type === 'AUDIO' && !attributes.has('CHANNELS') ? 'AUDIO without CHANNELS' : undefined,
      type !== 'SUBTITLES' && attributes.has('FORCED') ? 'FORCED on other than SUBTITLES' : undefined,
    ]
    names.add(name)
    if (get('DEFAULT') === 'YES') defaults.add(group)
    broken.push(...faults.flatMap((why) => (why === undefined ? [] : [{ rule: 'V4', line, why }])))
  }
  return broken
}

const CAPTION_CHANNEL = /^(CC[1-4]|SERVICE([1-9]|[1-5]\d|6[0-3]))$/

/** Groups of one type must offer the same choices, or switching variants loses one (RFC 8216bis 4.4.6.1.1). */
function sameMembers(playlist: JudgedPlaylist): Broken[] {
  const used = tagsNamed(playlist, 'EXT-X-STREAM-INF')
  return GROUP_TYPES.flatMap((type) => {
    const ids = [...new Set(used.flatMap(({ attributes }) => attributes.get(type) ?? []))]
    const offers = ids.map((id) =>
      tagsNamed(playlist, 'EXT-X-MEDIA')
        .filter(({ attributes }) => attributes.get('TYPE') === type && attributes.get('GROUP-ID') === id)
        .map(({ attributes }) => MEMBER.map((name) => attributes.get(name) ?? '').join(' '))
        .toSorted()
        .join('\n'),
    )
    return new Set(offers.filter((offer) => offer !== '')).size > 1
      ? [{ rule: 'V5', why: `${type} groups ${ids.join(', ')} offer different members` }]
      : []
  })
}

const MEMBER = ['NAME', 'LANGUAGE', 'ASSOC-LANGUAGE', 'CHARACTERISTICS', 'DEFAULT', 'AUTOSELECT', 'FORCED']

function iFrames(playlist: JudgedPlaylist): Broken[] {
  return tagsNamed(playlist, 'EXT-X-I-FRAME-STREAM-INF').flatMap(({ attributes, number: line }) => [
    ...['URI', 'BANDWIDTH']
      .filter((name) => !attributes.has(name))
      .map((name) => ({ rule: 'V6', line, why: `no ${name}` })),
    // Not defined for the tag (RFC 8216bis 4.4.6.3).
    ...['FRAME-RATE', 'AUDIO', 'SUBTITLES', 'CLOSED-CAPTIONS']
      .filter((name) => attributes.has(name))
      .map((name) => ({ rule: 'V6', line, why: `with ${name}` })),
  ])
}

function sessionData(playlist: JudgedPlaylist): Broken[] {
  const broken: Broken[] = []
  const seen = new Set<string>()
  for (const { attributes, number: line } of tagsNamed(playlist, 'EXT-X-SESSION-DATA')) {
    const id = `${attributes.get('DATA-ID')} ${attributes.get('LANGUAGE')}`
    if (!attributes.has('DATA-ID')) broken.push({ rule: 'V7', line, why: 'no DATA-ID' })
    if (attributes.has('VALUE') === attributes.has('URI')) {
      broken.push({ rule: 'V7', line, why: 'not exactly one of VALUE and URI' })
    }
    if (seen.has(id)) broken.push({ rule: 'V7', line, why: 'DATA-ID and LANGUAGE twice' })
    seen.add(id)
  }
  return broken
}

function sessionKey(tag: Tag): Broken[] {
  const isNone = tag.attributes.get('METHOD') === 'NONE'
  return [
    ...keyForm(tag, 'V8'),
    ...(isNone ? [{ rule: 'V8', line: tag.number, why: 'EXT-X-SESSION-KEY with METHOD=NONE' }] : []),
  ]
}

function steering(playlist: JudgedPlaylist): Broken[] {
  const [tag, ...others] = tagsNamed(playlist, 'EXT-X-CONTENT-STEERING')
  if (!tag) return []
  const broken: Broken[] = others.map(({ number }) => ({
    rule: 'V9',
    line: number,
    why: 'content steering twice',
  }))
  const line = tag.number
  if (!tag.attributes.has('SERVER-URI')) broken.push({ rule: 'V9', line, why: 'no SERVER-URI' })
  const pathways = new Map<string, Set<string>>()
  for (const { attributes } of tagsNamed(playlist, 'EXT-X-STREAM-INF')) {
    const pathway = unquote(attributes.get('PATHWAY-ID')) ?? '.'
    const ids = pathways.get(pathway) ?? new Set()
    pathways.set(pathway, ids.add(attributes.get('STABLE-VARIANT-ID') ?? ''))
  }
  const first = unquote(tag.attributes.get('PATHWAY-ID'))
  if (first !== undefined && !pathways.has(first))
    broken.push({ rule: 'V9', line, why: `no pathway ${first}` })
  if (new Set([...pathways.values()].map((ids) => [...ids].toSorted().join('\n'))).size > 1) {
    broken.push({ rule: 'V9', line, why: 'pathways with different variants' })
  }
  return broken
}
