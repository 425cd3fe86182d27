/** What protected pictures ask of devices and their outputs, in both protocols. */
import { describe, expect, it } from 'vitest'
import { dashMpd, hlsMultivariant } from '../../lib/delivery/index.ts'
import { protectedPresentation } from '../../lib/delivery/protection/protected-film.ts'
import { vodPresentation } from '../../lib/delivery/sources/film.ts'
import { printMpd } from '../../lib/formats/dash/print-mpd.ts'
import { printMultivariantPlaylist } from '../../lib/formats/hls/print-multivariant.ts'
import type { Presentation } from '../../lib/timeline/presentation.ts'
import type { StoredProtection } from '../../lib/timeline/stored-protection.ts'
import { corpusMissing } from '../judges/corpus.ts'
import { checkMpd } from '../judges/dash/rules.ts'
import { checkMultivariant } from '../judges/hls/rules.ts'
import { validateMpd } from '../judges/xsd.ts'
import { timelineOf } from './timelines.ts'

type Asks = Pick<StoredProtection, 'hdcp' | 'allowedCpc'>

function presentationOf(scheme: 'cenc' | 'cbcs', asks: Asks): Presentation {
  const timeline = timelineOf('vod/film')
  const { tracks } = timeline
  const stored: StoredProtection = {
    format: 'headend-protection/1',
    schemes: ['cenc', 'cbcs'],
    systems: ['widevine', 'playready', 'fairplay', 'clearkey'],
    sharing: 'shared',
    licenceUrl: 'https://licences.example/licence',
    boxes: {},
    periods: [
      {
        index: 0,
        fromMs: 0,
        keys: [{ label: 'ALL', iv: 'f0'.repeat(16), checksum: '', kid: '0a'.repeat(16) }],
      },
    ],
    ...asks,
  }
  const film = protectedPresentation(
    { timeline, opening: () => tracks, track: (trackId) => tracks.find(({ id }) => id === trackId) },
    { stored, scheme, clearKeyFormat: 'org.w3.clearkey' },
  )
  return vodPresentation(film.timeline, film)
}

async function shown(scheme: 'cenc' | 'cbcs', asks: Asks) {
  const presentation = presentationOf(scheme, asks)
  const hls = printMultivariantPlaylist(hlsMultivariant(presentation, ({ id }) => `v/${id}.m3u8`))
  const mpd = printMpd(dashMpd(presentation, 'vod/film/index.mpd'))
  expect(checkMultivariant(hls), hls).toEqual([])
  expect(checkMpd(mpd), mpd).toEqual([])
  if (corpusMissing === undefined) expect(await validateMpd(mpd), mpd).toEqual([])
  return {
    variants: hls.split('\n').filter((line) => line.startsWith('#EXT-X-STREAM-INF')),
    // The sets of pictures, then of sound.
    outputs: mpd
      .split('<AdaptationSet ')
      .slice(1)
      .map((set) => /<OutputProtection [^>]*>/.exec(set)?.[0]),
  }
}

/** The variants of a film of one protected clip after another, which ask for these outputs. */
function variantsOf(levels: readonly StoredProtection['hdcp'][]): string[] {
  const films = levels.map((hdcp) => presentationOf('cbcs', hdcp ? { hdcp } : {}))
  const presentation = { ...presentationOf('cbcs', {}), clips: films.flatMap(({ clips }) => clips) }
  const hls = printMultivariantPlaylist(hlsMultivariant(presentation, ({ id }) => `v/${id}.m3u8`))
  return hls.split('\n').filter((line) => line.startsWith('#EXT-X-STREAM-INF'))
}

describe('protected pictures', () => {
  it.each([
    [['TYPE-1', 'TYPE-0'], 'TYPE-1'],
    [['TYPE-0', 'TYPE-1'], 'TYPE-1'],
    [['TYPE-0', undefined], 'TYPE-0'],
    [[undefined, 'TYPE-1', 'TYPE-0'], 'TYPE-1'],
  ] as const)('of clips that ask for %j ask for the strictest, HDCP %s', (levels, strictest) => {
    const variants = variantsOf(levels)
    expect(variants).toHaveLength(1)
    for (const line of variants) expect(line).toContain(`HDCP-LEVEL=${strictest}`)
  })

  it.each([
    ['TYPE-0', '1.0'],
    ['TYPE-1', '2.2'],
  ] as const)('ask for HDCP %s, which is version %s, and sound does not', async (hdcp, version) => {
    const { variants, outputs } = await shown('cenc', { hdcp })
    for (const line of variants) expect(line).toContain(`HDCP-LEVEL=${hdcp}`)
    expect(outputs).toEqual([
      `<OutputProtection schemeIdUri="urn:mpeg:dash:output-protection:hdcp:2020" value="${version}"/>`,
      undefined,
    ])
  })

  it('say which devices may play them with a scheme', async () => {
    const allowedCpc = {
      cbcs: 'com.microsoft.playready:SL3000,com.apple.streamingkeydelivery:AppleMain/Main',
      cenc: 'com.microsoft.playready:SL3000',
    }
    for (const scheme of ['cenc', 'cbcs'] as const) {
      const { variants } = await shown(scheme, { allowedCpc })
      expect(variants).toHaveLength(1)
      expect(variants[0]).toContain(`ALLOWED-CPC="${allowedCpc[scheme]}"`)
    }
  })

  it('of several clips let those devices play that may play all of them', () => {
    const [first, second, third] = [
      { cbcs: 'com.microsoft.playready:SL2000/SL3000' },
      { cbcs: 'com.microsoft.playready:SL3000,com.apple.streamingkeydelivery:AppleMain/Main' },
      {},
    ].map((allowedCpc) => presentationOf('cbcs', { allowedCpc }))
    if (!first || !second || !third) return expect.fail('expected three presentations')
    const all = { ...first, clips: [first, second, third].flatMap(({ clips }) => clips) }
    const { variants } = hlsMultivariant(all, ({ id }) => `v/${id}.m3u8`)
    expect(variants.map(({ allowedCpc }) => allowedCpc)).toEqual([
      'com.microsoft.playready:SL3000,com.apple.streamingkeydelivery:AppleMain/Main',
    ])
  })

  it('ask for nothing unless they are told to', async () => {
    const { variants, outputs } = await shown('cbcs', {})
    expect(variants.join()).not.toMatch(/HDCP|ALLOWED/)
    expect(outputs).toEqual([undefined, undefined])
  })
})
