import { describe, expect, it } from 'vitest'
import { choose } from '../../lib/delivery/selection/choose.ts'
import type { Rendition } from '../../lib/timeline/presentation.ts'
import type { TrackConfig } from '../../lib/timeline/timeline.ts'
import { presentationOf, renditionOf, timelineOf, trackOf } from './timelines.ts'

const video = (id: string, peak: number, config: Partial<TrackConfig>): Rendition =>
  renditionOf(
    trackOf(id, 'video', {
      bandwidth: { peak, average: peak },
      configs: [{ id: 'v', codec: 'avc1.640028', frameRate: [25, 1], ...config }],
    }),
    { isDefault: id === 'uhd' },
  )
const audio = (id: string, language: string, config: Partial<TrackConfig>): Rendition =>
  renditionOf(
    trackOf(id, 'audio', {
      language,
      configs: [{ id: 'a', codec: 'mp4a.40.2', sampleRate: 48_000, channels: 2, ...config }],
    }),
    { isDefault: id === 'english' },
  )

const all = [
  video('uhd', 15_000_000, {
    codec: 'hvc1.2.4.L153.B0',
    width: 3840,
    height: 2160,
    frameRate: [50, 1],
    videoRange: 'PQ',
  }),
  video('hd', 6_000_000, { width: 1920, height: 1080 }),
  video('sd', 1_500_000, { width: 960, height: 540, frameRate: [24_000, 1001] }),
  audio('english', 'en', {}),
  audio('french', 'fr', { sampleRate: 44_100 }),
  audio('surround', 'en', { codec: 'ec-3', channels: 6 }),
]
const presentation = presentationOf(all, [{ timeline: timelineOf('vod/film'), from: 0 }])
const chosen = (query: string) =>
  choose(presentation, new URLSearchParams(query)).renditions.map(({ id }) => id)

describe('a query', () => {
  it.each([
    ['', 'uhd hd sd english french surround'],
    ['aws.manifestfilter=video_bitrate:0-9000000', 'hd sd english french surround'],
    ['aws.manifestfilter=video_height:240-540,1080', 'hd sd english french surround'],
    ['aws.manifestfilter=video_codec:H264', 'hd sd english french surround'],
    ['aws.manifestfilter=video_codec:h265,h264', 'uhd hd sd english french surround'],
    ['aws.manifestfilter=video_dynamic_range:SDR', 'hd sd english french surround'],
    ['aws.manifestfilter=video_dynamic_range:hdr10,hlg', 'uhd english french surround'],
    ['aws.manifestfilter=video_framerate:23.976-30', 'hd sd english french surround'],
    ['aws.manifestfilter=audio_language:fr,en-US', 'uhd hd sd french'],
    ['aws.manifestfilter=audio_codec:EC-3', 'uhd hd sd surround'],
    ['aws.manifestfilter=audio_channels:1-2', 'uhd hd sd english french'],
    ['aws.manifestfilter=audio_sample_rate:0-44100;video_codec:h264', 'hd sd french'],
    ['aws.manifestfilter=audio_sample_rate%3A0-44100%3Bvideo_codec%3Ah264', 'hd sd french'],
    ['aws.manifestfilter=subtitle_language:en', 'uhd hd sd english french surround'],
    ['aws.manifestfilter=trickplay_type:none', 'uhd hd sd english french surround'],
    ['aws.manifestfilter=audio_language:dahlia', 'uhd hd sd'],
    ['device=tv', 'uhd hd sd english french surround'],
    ['device=Tablet', 'hd sd english french surround'],
    ['device=phone', 'sd english french surround'],
    ['device=tablet&aws.manifestfilter=video_bitrate:2000000-9000000', 'hd english french surround'],
  ])('%s chooses %s', (query, ids) => {
    expect(chosen(query)).toEqual(ids.split(' '))
  })

  it.each([
    ['aws.manifestfilter=donut_type:rhododendron', 'FILTER_PARAMETER'],
    ['aws.manifestfilter=__proto__:1', 'FILTER_PARAMETER'],
    ['aws.manifestfilter=', 'FILTER_PARAMETER'],
    ['aws.manifestfilter=audio_sample_rate:300-0', 'FILTER_RANGE'],
    ['aws.manifestfilter=audio_sample_rate:0-2147483648', 'FILTER_RANGE'],
    ['aws.manifestfilter=audio_sample_rate:44100', 'FILTER_RANGE'],
    ['aws.manifestfilter=audio_sample_rate:is:0-44100', 'FILTER_SYNTAX'],
    ['aws.manifestfilter=video_bitrate=0-1', 'FILTER_PARAMETER'],
    ['aws.manifestfilter=video_codec:theora', 'FILTER_VALUE'],
    ['aws.manifestfilter=video_codec:h264;video_codec:h265', 'FILTER_REPEATED'],
    ['aws.manifestfilter=video_codec:h264&aws.manifestfilter=video_bitrate:0-1', 'QUERY_REPEATED'],
    [`aws.manifestfilter=audio_language:${'a'.repeat(1024)}`, 'FILTER_LENGTH'],
    ['aws.manifestfilter=audio_sample_rate:0-1;video_bitrate:0-1', 'FILTER_EMPTY'],
    ['device=fridge', 'DEVICE_UNKNOWN'],
  ])('%s is refused with %s', (query, code) => {
    expect(() => chosen(query)).toThrow(expect.objectContaining({ code, status: 400 }))
  })

  it('never leaves a group without a first choice', () => {
    const { renditions } = choose(presentation, new URLSearchParams('aws.manifestfilter=audio_language:fr'))
    expect(renditions.filter(({ type }) => type === 'audio')).toMatchObject([
      { id: 'french', isDefault: true },
    ])
  })

  it('keeps the smallest picture for a device that can show none', () => {
    const large = presentationOf(all.slice(0, 2), [{ timeline: timelineOf('vod/film'), from: 0 }])
    expect(choose(large, new URLSearchParams('device=phone')).renditions.map(({ id }) => id)).toEqual(['hd'])
  })
})
