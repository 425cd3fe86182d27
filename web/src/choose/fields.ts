/** The parameters of `aws.manifestfilter` a person can set, and what this asset offers for each. */
import type { TimelineTrack } from '../../../lib/assets/api/schemas.ts'
import { languageName } from '../timeline/lanes.ts'

/** A parameter and how it is asked for. */
export type Field = {
  readonly name: string
  readonly label: string
} & (
  | { readonly kind: 'words'; readonly options: readonly Option[] }
  | { readonly kind: 'range'; readonly unit?: string; readonly perUnit: number }
)

/** One word of a list. */
export interface Option {
  readonly value: string
  readonly label: string
}

/** Fields of one kind of track. */
export interface FieldGroup {
  readonly label: string
  readonly fields: readonly Field[]
}

/** What can be chosen of these tracks: a group for each kind there is. */
export function fieldsFor(tracks: readonly TimelineTrack[]): readonly FieldGroup[] {
  const of = (type: string) => tracks.filter((track) => track.type === type && track.trickOf === undefined)
  const configs = (type: string) => of(type).flatMap((track) => track.configs)
  const heights = configs('video').flatMap(({ height }) => height ?? [])
  const groups: readonly (FieldGroup & { readonly type: string })[] = [
    {
      type: 'video',
      label: 'Pictures',
      fields: [
        words(
          'video_height',
          'Height',
          [...heights].toSorted((a, b) => b - a).map(String),
          (one) => `${one}p`,
        ),
        { name: 'video_bitrate', label: 'Bitrate', kind: 'range', unit: 'kbit/s', perUnit: 1000 },
        words('video_codec', 'Codec', ['h264', 'h265', 'av1', 'vp9'], (one) => codecLabels[one] ?? one),
        words('video_dynamic_range', 'Range', ['sdr', 'hdr10', 'hlg'], (one) => one.toUpperCase()),
        { name: 'video_framerate', label: 'Frames a second', kind: 'range', perUnit: 1 },
      ],
    },
    {
      type: 'audio',
      label: 'Sound',
      fields: [
        words('audio_language', 'Language', languagesOf(of('audio')), nameOfLanguage),
        words('audio_codec', 'Codec', ['aacl', 'aach', 'ac-3', 'ec-3'], (one) => codecLabels[one] ?? one),
        { name: 'audio_channels', label: 'Channels', kind: 'range', perUnit: 1 },
        { name: 'audio_bitrate', label: 'Bitrate', kind: 'range', unit: 'kbit/s', perUnit: 1000 },
        { name: 'audio_sample_rate', label: 'Sample rate', kind: 'range', unit: 'Hz', perUnit: 1 },
      ],
    },
    {
      type: 'text',
      label: 'Subtitles',
      fields: [words('subtitle_language', 'Language', languagesOf(of('text')), nameOfLanguage)],
    },
  ]
  const trick: FieldGroup = {
    label: 'Winding',
    fields: [
      words('trickplay_type', 'Kind', ['iframe', 'image', 'none'], (one) => one),
      { name: 'trickplay_height', label: 'Height', kind: 'range', perUnit: 1 },
    ],
  }
  const present = groups.filter(({ type }) => of(type).length > 0)
  return tracks.some(({ trickOf }) => trickOf !== undefined) ? [...present, trick] : present
}

const codecLabels: Readonly<Record<string, string>> = {
  h264: 'H.264',
  h265: 'HEVC',
  av1: 'AV1',
  vp9: 'VP9',
  aacl: 'AAC-LC',
  aach: 'HE-AAC',
  'ac-3': 'AC-3',
  'ec-3': 'E-AC-3',
}

const words = (
  name: string,
  label: string,
  values: readonly string[],
  labelOf: (value: string) => string,
): Field => ({
  name,
  label,
  kind: 'words',
  options: [...new Set(values)].map((value) => ({ value, label: labelOf(value) })),
})

const languagesOf = (tracks: readonly TimelineTrack[]): readonly string[] =>
  tracks.flatMap(({ language }) => language?.toLowerCase() ?? []).toSorted()

const nameOfLanguage = (tag: string): string => languageName(tag) ?? tag
