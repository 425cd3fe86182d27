import { describe, expect, it } from 'vitest'
import { type Cpix, kidFor, type UsageContext, type UsageRule } from '../../../lib/formats/cpix/index.ts'
import { audioKid, videoKid } from './requests.ts'

describe('usage rules', () => {
  const base: UsageRule = {
    kid: videoKid,
    periodIds: [],
    labels: [],
    video: [],
    audio: [],
    bitrate: [],
    unknown: [],
  }
  const other: UsageRule = { ...base, kid: audioKid }
  const hd: UsageContext = {
    type: 'video',
    pixels: 921600,
    fps: 30,
    bitrate: 5_000_000,
    periodId: 'p',
    labels: ['a'],
  }

  it.each<[string, Partial<UsageRule>, Partial<UsageContext>, boolean]>([
    ['no filter', {}, {}, true],
    ['pixels, bounds in', { video: [{ minPixels: 921600, maxPixels: 921600 }] }, {}, true],
    ['pixels above', { video: [{ maxPixels: 921599 }] }, {}, false],
    ['unknown pixels', { video: [{ minPixels: 1 }] }, { type: 'video', pixels: undefined }, false],
    ['one of two of a type', { video: [{ maxPixels: 1 }, { minPixels: 2 }] }, {}, true],
    ['two types', { video: [{}], bitrate: [{ maxBitrate: 1 }] }, {}, false],
    ['video and audio', { video: [{}], audio: [{}] }, {}, true],
    ['audio filter', { audio: [{}] }, {}, false],
    ['frame rate, lower bound out', { video: [{ minFps: 30 }] }, {}, false],
    ['frame rate, upper bound in', { video: [{ minFps: 29, maxFps: 30 }] }, {}, true],
    ['hdr', { video: [{ hdr: true }] }, { hdr: true }, true],
    ['not hdr', { video: [{ hdr: false }] }, { hdr: true }, false],
    ['wcg', { video: [{ wcg: true }] }, {}, false],
    ['period', { periodIds: ['o', 'p'] }, {}, true],
    ['another period', { periodIds: ['o'] }, {}, false],
    ['label', { labels: ['b', 'a'] }, {}, true],
    ['another label', { labels: ['b'] }, {}, false],
    ['bitrate', { bitrate: [{ minBitrate: 5_000_000, maxBitrate: 5_000_000 }] }, {}, true],
  ])('%s', (_, rule, context, matches) => {
    const kid = kidFor({ keys: [], rules: [{ ...base, ...rule }] }, { ...hd, ...context })
    expect(kid).toBe(matches ? videoKid : undefined)
  })

  it('count channels', () => {
    const rules = [
      { ...base, audio: [{ maxChannels: 2 }] },
      { ...other, audio: [{ minChannels: 3, maxChannels: 6 }] },
    ]
    const kids = [1, 2, 3, 6, 7].map((channels) => kidFor({ keys: [], rules }, { type: 'audio', channels }))
    expect(kids).toEqual([videoKid, videoKid, audioKid, audioKid, undefined])
  })

  it.each<[string, Pick<Cpix, 'keys' | 'rules'>]>([
    ['two keys', { keys: [], rules: [base, other] }],
    ['a filter nobody knows', { keys: [], rules: [{ ...base, unknown: ['x:Mood'] }] }],
    ['a root key', { keys: [{ kid: audioKid, dependsOnKey: videoKid }], rules: [base] }],
  ])('are refused: %s', (_, cpix) => {
    expect(() => kidFor(cpix, hd)).toThrow(expect.objectContaining({ code: 'CPIX_USAGE' }))
  })
})
