/** A presentation as an HLS Multivariant Playlist: every picture with every kind of sound. */
import type {
  HlsKey,
  MediaRendition,
  MultivariantPlaylist,
  Variant,
  VariantAttributes,
} from '../formats/hls/playlist.ts'
import type { Presentation, Rendition } from '../timeline/presentation.ts'
import { protectionOf, shownClips } from '../timeline/shown.ts'
import { codecFamily } from './codec-family.ts'
import { hlsKeys } from './hls-keys.ts'

/** The playlist's facts; `mediaUri` names a rendition's Media Playlist as seen from this one. */
export function hlsMultivariant(
  presentation: Presentation,
  mediaUri: (rendition: Rendition) => string,
): MultivariantPlaylist {
  const ofType = (type: Rendition['type']) => presentation.renditions.filter((one) => one.type === type)
  const video = ofType('video')
  const audio = ofType('audio')
  const text = ofType('text')
  const groups = audioGroups(audio)
  const subtitles = text.length > 0 ? { subtitles: 'text' } : {}
  const variants: Variant[] = []
  for (const picture of video) {
    if (groups.length === 0)
      variants.push({ uri: mediaUri(picture), ...attributes([picture]), ...subtitles, ...captions })
    for (const group of groups)
      variants.push({
        uri: mediaUri(picture),
        ...attributes([picture], group.members),
        audio: group.id,
        ...subtitles,
        ...captions,
      })
  }
  // Sound alone: each rendition is a variant of its own (RFC 8216bis 4.4.6.2 asks for at least one variant).
  if (video.length === 0)
    for (const group of groups)
      for (const sound of group.members.filter(
        ({ isDefault }, i, all) => isDefault || (i === 0 && !all.some((one) => one.isDefault)),
      ))
        variants.push({ uri: mediaUri(sound), ...attributes([], [sound]), audio: group.id, ...subtitles })
  return {
    independentSegments: video.every((picture) =>
      shownClips(presentation, picture.id).every(({ segments }) => segments.every(({ sync }) => sync)),
    ),
    variants,
    media: [
      ...groups.flatMap((group) => group.members.map((one, i) => media(one, 'AUDIO', group.id, i, mediaUri))),
      ...text.map((one, i) => media(one, 'SUBTITLES', 'text', i, mediaUri)),
    ],
    iFrames: [],
    sessionKeys: sessionKeys(presentation),
  }
}

/** Said of every variant or of none; nothing has told us of captions yet (4.4.6.2). */
const captions = { closedCaptions: 'NONE' } as const

interface AudioGroup {
  readonly id: string
  readonly members: readonly Rendition[]
}

/** Sound of one codec and channel count is one group: a player takes it whole or not at all. */
function audioGroups(audio: readonly Rendition[]): AudioGroup[] {
  const groups = new Map<string, Rendition[]>()
  for (const one of audio) {
    const id = `audio-${codecFamily(one.config.codec)}-${one.config.channels ?? 2}`
    const members = groups.get(id)
    if (members) members.push(one)
    else groups.set(id, [one])
  }
  // Every group holds a default, whatever the source said, so that a player always finds a first choice.
  return [...groups].map(([id, members]) => ({
    id,
    members: members.some(({ isDefault }) => isDefault)
      ? members
      : members.map((one, i) => (i === 0 ? { ...one, isDefault: true } : one)),
  }))
}

/** What a variant needs: its picture and the dearest member of its audio group. */
function attributes(video: readonly Rendition[], audio: readonly Rendition[] = []): VariantAttributes {
  const dearest = (bits: (one: Rendition) => number) => Math.max(0, ...audio.map(bits))
  const own = (bits: (one: Rendition) => number) => video.reduce((sum, one) => sum + bits(one), 0)
  const { width, height, frameRate, videoRange } = video[0]?.config ?? {}
  return {
    bandwidth: own(({ bandwidth }) => bandwidth.peak) + dearest(({ bandwidth }) => bandwidth.peak),
    averageBandwidth:
      own(({ bandwidth }) => bandwidth.average) + dearest(({ bandwidth }) => bandwidth.average),
    codecs: [...new Set([...video, ...audio].map(({ config }) => config.codec))],
    ...(width !== undefined && height !== undefined && { resolution: { width, height } }),
    ...(frameRate && { frameRate: frameRate[0] / frameRate[1] }),
    ...(videoRange && { videoRange }),
  }
}

function media(
  one: Rendition,
  type: 'AUDIO' | 'SUBTITLES',
  groupId: string,
  index: number,
  mediaUri: (rendition: Rendition) => string,
): MediaRendition {
  const characteristics = one.roles.includes('description') ? ['public.accessibility.describes-video'] : []
  return {
    type,
    groupId,
    // A quoted-string can't hold a quote (RFC 8216bis 4.2).
    name:
      one.name?.replaceAll('"', "'") ??
      (one.language ? `${one.language}${index > 0 ? ` ${index + 1}` : ''}` : `${index + 1}`),
    uri: mediaUri(one),
    ...(one.language && { language: one.language }),
    isDefault: one.isDefault,
    autoselect: true,
    ...(type === 'SUBTITLES' && { forced: one.roles.includes('forced-subtitle') }),
    ...(characteristics.length > 0 && { characteristics }),
    ...(type === 'AUDIO' && one.config.channels !== undefined && { channels: String(one.config.channels) }),
  }
}

/** Every key the shown segments use, once (4.4.6.5). */
function sessionKeys(presentation: Presentation): HlsKey[] {
  const keys = new Map<string, HlsKey>()
  for (const rendition of presentation.renditions)
    for (const { clip, track, segments } of shownClips(presentation, rendition.id)) {
      if (clip.protection.scheme === 'clear') continue
      for (const segment of segments) {
        const { media: how, key } = protectionOf(clip, rendition.id, track, segment)
        if (how.scheme === 'clear' || !key) continue
        for (const one of hlsKeys(how.scheme, key)) keys.set(`${one.keyFormat} ${one.uri}`, one)
      }
    }
  return [...keys.values()]
}
