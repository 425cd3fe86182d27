/** Converts a presentation to an HLS Multivariant Playlist: every video rendition with every audio group. */
import type {
  HlsKey,
  MediaRendition,
  MultivariantPlaylist,
  Variant,
  VariantAttributes,
} from '../../formats/hls/index.ts'
import { isVideo, type Presentation, type Rendition } from '../../timeline/presentation.ts'
import { protectionOf, visibleClips } from '../../timeline/shown.ts'
import { areIndependent } from '../segment-starts.ts'
import { displayed } from '../selection/display-size.ts'
import { audioGroups, hlsChannels } from './audio-groups.ts'
import { captionsOf, hlsCaptionMedia, hlsCaptions } from './caption-services.ts'
import { autoselectedNames, characteristicsOf, undetermined } from './choice.ts'
import { hlsKeys } from './keys.ts'
import { subtitleGroup, withSubtitles } from './subtitles.ts'
import { withVideoOnlyVariants } from './video-only-variants.ts'

/** The Multivariant Playlist; `mediaUri` gives a rendition's Media Playlist relative to this one. */
export function hlsMultivariant(
  presentation: Presentation,
  mediaUri: (rendition: Rendition) => string,
): MultivariantPlaylist {
  const ofType = (type: Rendition['type']) => presentation.renditions.filter((one) => one.type === type)
  const video = presentation.renditions.filter(isVideo)
  const audio = ofType('audio')
  const text = ofType('text')
  const groups = audioGroups(audio)
  const services = captionsOf(video)
  const captions = hlsCaptions(services)
  const guards = guardsOf(presentation)
  const audioMedia = {
    type: 'AUDIO' as const,
    mediaUri,
    autoselected: autoselectedNames(groups.flatMap(({ members }) => members)),
  }
  const textMedia = { type: 'SUBTITLES' as const, mediaUri, autoselected: autoselectedNames(text) }
  const variants: Variant[] = []
  for (const picture of video) {
    if (groups.length === 0) variants.push({ uri: mediaUri(picture), ...attributes([picture]), ...captions })
    for (const group of groups)
      variants.push({
        uri: mediaUri(picture),
        ...attributes([picture], group.members),
        audio: group.id,
        ...captions,
      })
  }
  // Audio only: each group's default is a variant (RFC 8216bis 4.4.6.2 requires at least one variant).
  if (video.length === 0)
    for (const group of groups)
      for (const sound of group.members.filter(({ isDefault }) => isDefault))
        variants.push({ uri: mediaUri(sound), ...attributes([], [sound]), audio: group.id })
  return {
    independentSegments: video.every((picture) =>
      visibleClips(presentation, picture.id).every(({ track, segments }) => areIndependent(track, segments)),
    ),
    variants: (video.length > 0 ? withVideoOnlyVariants(variants, groups) : variants).map((variant) => ({
      ...withSubtitles(variant, text),
      ...(video.length > 0 && guards),
    })),
    media: [
      ...groups.flatMap((group) => group.members.map((one, i) => media(one, audioMedia, group.id, i))),
      ...text.map((one, i) => media(one, textMedia, subtitleGroup, i)),
      ...hlsCaptionMedia(services),
    ],
    iFrames: presentation.renditions
      .filter(({ trickOf }) => trickOf !== undefined)
      .map((one) => ({ uri: mediaUri(one), ...attributes([one]), ...guards })),
    sessionKeys: sessionKeys(presentation),
  }
}

/** Device requirements of the video: the strictest of all clips. */
function guardsOf({ clips }: Presentation): Pick<VariantAttributes, 'hdcpLevel' | 'allowedCpc'> {
  const all = clips.flatMap(({ protection }) => (protection.scheme === 'clear' ? [] : protection))
  const hdcpLevel = all
    .flatMap(({ hdcp }) => hdcp ?? [])
    .toSorted()
    .at(-1)
  const allowedCpc = allowedByAll(all.flatMap((one) => one.allowedCpc ?? []))
  return { ...(hdcpLevel && { hdcpLevel }), ...(allowedCpc && { allowedCpc }) }
}

/** ALLOWED-CPC of several clips: for each key format the classes allowed by every clip that names the format. */
function allowedByAll(lists: readonly string[]): string {
  const allowed = new Map<string, readonly string[]>()
  for (const entry of lists.flatMap((list) => list.split(','))) {
    const [format = '', labels = ''] = entry.split(':')
    const own = labels.split('/')
    allowed.set(format, allowed.get(format)?.filter((label) => own.includes(label)) ?? own)
  }
  return Array.from(allowed, ([format, labels]) => `${format}:${labels.join('/')}`).join(',')
}

/** Attributes of a variant: its video plus the audio group member with the highest bit rate. */
function attributes(video: readonly Rendition[], audio: readonly Rendition[] = []): VariantAttributes {
  const dearest = (bits: (one: Rendition) => number) => Math.max(0, ...audio.map(bits))
  const own = (bits: (one: Rendition) => number) => video.reduce((sum, one) => sum + bits(one), 0)
  const { frameRate, videoRange, supplementalCodec } = video[0]?.config ?? {}
  const resolution = displayed(video[0]?.config)
  return {
    bandwidth: own(({ bandwidth }) => bandwidth.peak) + dearest(({ bandwidth }) => bandwidth.peak),
    averageBandwidth:
      own(({ bandwidth }) => bandwidth.average) + dearest(({ bandwidth }) => bandwidth.average),
    codecs: [...new Set([...video, ...audio].map(({ config }) => config.codec))],
    ...(supplementalCodec && { supplementalCodecs: supplementalCodec }),
    ...(resolution && { resolution }),
    ...(frameRate && { frameRate: frameRate[0] / frameRate[1] }),
    ...(videoRange && { videoRange }),
  }
}

/** Properties shared by the tags of one type. */
interface MediaKind {
  readonly type: 'AUDIO' | 'SUBTITLES'
  readonly mediaUri: (rendition: Rendition) => string
  readonly autoselected: ReadonlySet<string | undefined>
}

function media(
  one: Rendition,
  { type, mediaUri, autoselected }: MediaKind,
  groupId: string,
  index: number,
): MediaRendition {
  const characteristics = characteristicsOf(one)
  const channels = type === 'AUDIO' ? hlsChannels(one.config) : undefined
  return {
    type,
    groupId,
    // A quoted-string cannot contain a double quote (RFC 8216bis 4.2).
    name:
      one.name?.replaceAll('"', "'") ??
      (one.language ? `${one.language}${index > 0 ? ` ${index + 1}` : ''}` : `${index + 1}`),
    uri: mediaUri(one),
    language: one.language ?? undetermined,
    isDefault: one.isDefault,
    autoselect: autoselected.has(one.name),
    ...(type === 'SUBTITLES' && { forced: one.roles.includes('forced-subtitle') }),
    ...(characteristics.length > 0 && { characteristics }),
    ...(channels !== undefined && { channels }),
  }
}

/** The keys a player needs first, each once (4.4.6.5): those at the start, or at the end for live. */
function sessionKeys(presentation: Presentation): HlsKey[] {
  const keys = new Map<string, HlsKey>()
  for (const { id } of presentation.renditions) {
    const shown = visibleClips(presentation, id)
    const part =
      presentation.kind === 'live'
        ? shown.findLast(({ clip }) => clip.protection.scheme !== 'clear')
        : shown[0]
    const segment = presentation.kind === 'live' ? part?.segments.at(-1) : part?.segments[0]
    if (!part || !segment) continue
    const { media: how, key } = protectionOf(part.clip, id, part.track, segment)
    // No session key for content with a clear lead, which leaves time for a licence: told of a key here, hls.js
    // attaches MediaKeys only after the lead, and Chromium cannot continue with a decoder that began without them.
    if (how.scheme === 'clear' || !key) continue
    for (const one of hlsKeys(how.scheme, key)) keys.set(`${one.keyFormat} ${one.uri}`, one)
  }
  return [...keys.values()]
}
