import { describe, expect, it } from 'vitest'
import {
  initFile,
  type MediaProtection,
  parseMediaPath,
  segmentFile,
  trackPath,
  webVttFile,
} from '../../lib/timeline/media-path.ts'

const clear = { scheme: 'clear' } as const
const cbcs = { scheme: 'cbcs', label: 'UHD', period: 12 } as const

describe('media paths', () => {
  it.each<[MediaProtection, string]>([
    [clear, 'media/clear/vod/film.x/0123456789abcdef/video-1/'],
    [{ scheme: 'clear', leadSeconds: 10 }, 'media/lead-10/vod/film.x/0123456789abcdef/video-1/'],
    [cbcs, 'media/cbcs-UHD-12/vod/film.x/0123456789abcdef/video-1/'],
    [{ ...cbcs, inBand: true }, 'media/cbcs-UHD-12-seig/vod/film.x/0123456789abcdef/video-1/'],
  ])('name a track and are read again (%o)', (protection, directory) => {
    expect(trackPath(protection, 'vod/film.x', '0123456789abcdef', 'video-1')).toBe(directory)
    const common = { protection, timelineId: 'vod/film.x', version: '0123456789abcdef', trackId: 'video-1' }
    expect(parseMediaPath(directory + segmentFile(1_700_000_000, 2))).toEqual({
      ...common,
      part: { kind: 'segment', number: 1_700_000_000, cut: 2 },
    })
    expect(parseMediaPath(directory + segmentFile(1_700_000_000, 2, 3072))).toEqual({
      ...common,
      part: { kind: 'segment', number: 1_700_000_000, cut: 2, firstTicks: 3072 },
    })
    expect(parseMediaPath(directory + webVttFile(7, 0))).toEqual({
      ...common,
      part: { kind: 'webvtt', number: 7, cut: 0 },
    })
    expect(parseMediaPath(directory + initFile('c.1'))).toEqual({
      ...common,
      part: { kind: 'init', configId: 'c.1' },
    })
  })

  it.each([
    '',
    'media/clear/vod/film/v/t/',
    'media/clear/film/v/t/1.0.m4s',
    'media/clear/vod/film/v/t/1.m4s',
    'media/clear/vod/film/v/t/-1.0.m4s',
    'media/clear/vod/film/v/t/1.0.m4s/x',
    'media/clear/vod/fi lm/v/t/1.0.m4s',
    'media/clear/vod/%2e%2e/v/t/1.0.m4s',
    'media/clear/vod/film/v/t/01.0.m4s',
    'media/clear/vod/film/v/t/1.00.m4s',
    'media/clear/vod/film/v/t/1.0-.m4s',
    'media/clear/vod/film/v/t/1.0-0.m4s',
    'media/clear/vod/film/v/t/1.0-01.m4s',
    'media/clear/vod/film/v/t/1.0-1234567.m4s',
    'media/clear/vod/film/v/t/1.0-3072.vtt',
    'media/cbcs-UHD/vod/film/v/t/1.0.m4s',
    'media/cbcs-UHD-012/vod/film/v/t/1.0.m4s',
    'media/cbcs-UHD-12-/vod/film/v/t/1.0.m4s',
    'media/cbcs-UHD-12-seig-seig/vod/film/v/t/1.0.m4s',
    'media/lead/vod/film/v/t/1.0.m4s',
    'media/lead-/vod/film/v/t/1.0.m4s',
    'media/lead-0/vod/film/v/t/1.0.m4s',
    'media/lead-010/vod/film/v/t/1.0.m4s',
    'media/lead-10-seig/vod/film/v/t/1.0.m4s',
    'media/clear-seig/vod/film/v/t/1.0.m4s',
    'media/rot13-A-1/vod/film/v/t/1.0.m4s',
    '/media/clear/vod/film/v/t/1.0.m4s',
    'media/clear/vod/film/v/t/99999999999999999999.0.m4s',
  ])('are refused when they name nothing (%s)', (path) => {
    expect(parseMediaPath(path)).toBeUndefined()
  })
})
