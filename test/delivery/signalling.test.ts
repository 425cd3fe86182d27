/** Which scheme a manifest is given in: never one that no system of the content could open. */
import { describe, expect, it } from 'vitest'
import { askedProtection, signallingOf } from '../../lib/delivery/protection/signalling.ts'
import { playReadyBox, widevineBox } from '../../lib/rights/protection/key-boxes.ts'
import {
  type CencScheme,
  type DrmSystem,
  decodeProtection,
  type StoredProtection,
} from '../../lib/timeline/stored-protection.ts'

const licenceUrl = 'https://tv.example/licence'

function chosen(
  { schemes, systems }: { readonly schemes: readonly CencScheme[]; readonly systems: readonly DrmSystem[] },
  query: string,
  protocol: 'hls' | 'dash',
) {
  const stored: StoredProtection = {
    format: 'headend-protection/1',
    schemes,
    systems,
    sharing: 'shared',
    licenceUrl,
    boxes: Object.fromEntries(
      schemes.map((scheme) => [
        scheme,
        {
          ...(systems.includes('widevine') && { widevine: widevineBox(scheme) }),
          ...(systems.includes('playready') && { playready: playReadyBox(scheme, licenceUrl) }),
        },
      ]),
    ),
    periods: [],
  }
  const reader = {
    current: () => Promise.resolve(undefined),
    object: () => Promise.resolve(JSON.stringify(stored)),
  }
  const asked = askedProtection('0123456789abcdef', new URLSearchParams(query))
  return signallingOf(reader, 'vod/film', asked, protocol).then((found) => found?.scheme)
}

const both = ['cenc', 'cbcs'] as const

describe('the scheme of a manifest', () => {
  it.each([
    ['hls', both, ['widevine', 'fairplay'], 'cbcs'],
    ['dash', both, ['widevine', 'fairplay'], 'cenc'],
    ['dash', ['cbcs'], ['widevine'], 'cbcs'],
    ['hls', ['cenc'], ['clearkey'], 'cenc'],
    // FairPlay knows nothing of the scheme that players of DASH usually take.
    ['dash', both, ['fairplay'], 'cbcs'],
  ] as const)('in %s of %j with %j is %s', async (protocol, schemes, systems, scheme) => {
    expect(await chosen({ schemes, systems }, '', protocol)).toBe(scheme)
  })

  it.each([
    ['hls', both, ['fairplay'], 'scheme=cenc', 'SYSTEM_UNAVAILABLE', 400],
    ['dash', both, ['fairplay'], 'scheme=cenc', 'SYSTEM_UNAVAILABLE', 400],
    ['hls', ['cenc'], ['fairplay'], '', 'SYSTEM_UNAVAILABLE', 404],
    ['dash', ['cenc'], ['fairplay'], '', 'SYSTEM_UNAVAILABLE', 404],
    ['hls', ['cbcs'], ['widevine'], 'scheme=cenc', 'SCHEME_UNAVAILABLE', 400],
    ['hls', both, ['widevine'], 'keyformat=identity', 'KEYFORMAT_UNAVAILABLE', 400],
  ] as const)(
    'in %s of %j with %j, asked %s, is refused with %s',
    async (protocol, schemes, systems, query, code, status) => {
      await expect(chosen({ schemes, systems }, query, protocol)).rejects.toMatchObject({ code, status })
    },
  )
})

describe('a stored protection', () => {
  it('of another version is an error of ours: it must not look like none', () => {
    expect(() => decodeProtection('protection.json', '{"format":"headend-protection/2"}')).toThrow(
      expect.objectContaining({ code: 'PROTECTION_FORMAT', status: 500 }),
    )
  })
})
