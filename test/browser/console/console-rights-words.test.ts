/** What the console says and computes of protection, without a browser. */
import { globSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EncryptedPolicy, Policy } from '../../../lib/rights/index.ts'
import { policySchema } from '../../../lib/rights/protection/policy.ts'
import type { KeyOfPeriod } from '../../../lib/rights/protection/schemas.ts'
import { refusalIn } from '../../../web/src/player/refusal.ts'
import { rightsAdvice, whatToDo } from '../../../web/src/problems/what-to-do.ts'
import { clearAddress, sealedAddress } from '../../../web/src/protection/addresses.ts'
import { consequences } from '../../../web/src/protection/consequences.ts'
import { draftOf, faultOf, policyOf } from '../../../web/src/protection/draft.ts'
import { bandAt, bandsOf, firstInForce, periodsOf } from '../../../web/src/protection/key-periods.ts'
import { interval, listed, policyFacts } from '../../../web/src/protection/policy-words.ts'

const sealed: EncryptedPolicy = {
  mode: 'encrypted',
  schemes: ['cenc', 'cbcs'],
  systems: ['clearkey'],
  keys: 'shared',
}
const systems = ['clearkey', 'widevine', 'playready', 'fairplay'] as const

const policies: fc.Arbitrary<Policy> = fc.oneof(
  fc.constant<Policy>({ mode: 'none' }),
  fc
    .record(
      {
        mode: fc.constant('encrypted' as const),
        schemes: fc.subarray(['cenc', 'cbcs'] as const, { minLength: 1 }),
        systems: fc.subarray([...systems], { minLength: 1 }),
        keys: fc.constantFrom('shared' as const, 'perType' as const),
        rotationSeconds: fc.integer({ min: 10, max: 2_592_000 }),
        clearLeadSeconds: fc.integer({ min: 1, max: 60 }),
        hdcp: fc.constantFrom('TYPE-0' as const, 'TYPE-1' as const),
        robustness: fc.constantFrom({ widevine: 'SW_SECURE_CRYPTO' }, { playready: '3000' }),
      },
      { requiredKeys: ['mode', 'schemes', 'systems', 'keys'] },
    )
    .map((policy): Policy => {
      const { robustness, ...rest } = policy
      const isAsked =
        robustness && Object.keys(robustness).every((name) => policy.systems.some((one) => one === name))
      return { ...rest, ...(isAsked && { robustness }) }
    })
    .filter((policy) => policySchema.safeParse(policy).success),
)

describe('a policy in the form', () => {
  it('comes out as it went in', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        expect(policyOf(draftOf(policy))).toEqual(policy)
      }),
    )
  })

  it('is one the API takes, or the form says why not', () => {
    const drafts = fc.record({
      mode: fc.constant('encrypted' as const),
      schemes: fc.subarray(['cenc', 'cbcs'] as const),
      systems: fc.subarray([...systems]),
      keys: fc.constantFrom('shared' as const, 'perType' as const),
      rotationSeconds: fc.constantFrom('', '9', '10', '12.5', '2592001', 'x', '3600'),
      rotationSignalling: fc.constantFrom('periods' as const, 'inBand' as const),
      clearLeadSeconds: fc.constantFrom('', '0', '5', '61', '1.5'),
      hdcp: fc.constantFrom('' as const, 'TYPE-0' as const),
      robustness: fc.constantFrom({}, { widevine: ' HW_SECURE_ALL ' }),
    })
    fc.assert(
      fc.property(drafts, (draft) => {
        expect(policySchema.safeParse(policyOf(draft)).success).toBe(faultOf(draft) === undefined)
      }),
    )
  })

  it('says what happens exactly when something does', () => {
    fc.assert(
      fc.property(policies, policies, (now, next) => {
        const isChange = JSON.stringify(policyOf(draftOf(now))) !== JSON.stringify(policyOf(draftOf(next)))
        expect(consequences(now, next, 'film').length > 0).toBe(isChange)
      }),
    )
  })

  it('warns of what interrupts viewers', () => {
    const none: Policy = { mode: 'none' }
    expect(consequences(none, sealed, 'film').join(' ')).toMatch(/Clear URLs .* 403/)
    expect(consequences(sealed, none, 'film').join(' ')).toMatch(/Anybody .* can watch and copy/)
    expect(consequences(sealed, { ...sealed, keys: 'perType' }, 'film')[0]).toMatch(/interrupted/)
    expect(consequences(sealed, { ...sealed, schemes: ['cbcs'] }, 'film')[0]).toMatch(
      /URLs under cenc answer 403/,
    )
    expect(consequences(sealed, { ...sealed, systems: ['widevine'] }, 'film').join(' ')).toMatch(
      /Clear Key gets no more licences.*Widevine plays only once your licence server/,
    )
    expect(consequences(sealed, { ...sealed, rotationSeconds: 12 }, 'film')[0]).toMatch(/one every 12 s/)
  })

  it('is put into words', () => {
    const facts = new Map(
      policyFacts({ policy: { ...sealed, rotationSeconds: 5400 }, source: 'own' }, 'film'),
    )
    expect(facts.get('DRM')).toBe('Clear Key')
    expect(facts.get('New key')).toBe('every 90 min')
    expect([12, 60, 7200, 86_400, 172_800].map(interval)).toEqual(['12 s', '1 min', '2 h', '1 day', '2 days'])
    expect([listed([]), listed(['a']), listed(['a', 'b', 'c'])]).toEqual(['', 'a', 'a, b and c'])
  })
})

describe('key periods', () => {
  const key = (period: number, fromMs: number, licensable = true): KeyOfPeriod => ({
    period,
    fromMs,
    label: 'ALL',
    kid: period.toString(16).padStart(32, '0'),
    licensable,
  })

  it('in force begin again at 0 after a retirement', () => {
    const keys = [key(4, 12_000), key(3, 0), key(2, 24_000), key(1, 12_000), key(0, 0, false)]
    const turning = { ...sealed, rotationSeconds: 12 }
    expect(firstInForce(turning, keys)).toBe(3)
    expect(bandsOf(turning, keys, 30)).toEqual([
      { period: 3, fromSeconds: 0, toSeconds: 12 },
      { period: 4, fromSeconds: 12, toSeconds: 30 },
    ])
    expect(periodsOf(turning, keys).map(({ period, state }) => [period, state])).toEqual([
      [4, 'in force'],
      [3, 'in force'],
      [2, 'over, still licensed'],
      [1, 'over, still licensed'],
      [0, 'over'],
    ])
  })

  it('cover the film without a hole, however long it is and whichever keys are known', () => {
    const number = fc.integer({ min: 0, max: 1000 })
    fc.assert(
      fc.property(number, number, fc.integer({ min: 10, max: 90 }), (first, newest, rotationSeconds) => {
        const keys = [key(first + newest, newest * rotationSeconds * 1000)]
        const bands = bandsOf({ ...sealed, rotationSeconds }, keys, 100)
        expect(bands[0]).toMatchObject({ period: first, fromSeconds: 0 })
        expect(bands.at(-1)?.toSeconds).toBe(100)
        for (const [i, band] of bands.entries()) expect(band.toSeconds).toBe(bands[i + 1]?.fromSeconds ?? 100)
        expect(bandAt(bands, 100)).toBe(bands.at(-1))
      }),
    )
    expect(bandsOf(sealed, [], 100)).toEqual([])
  })
})

describe('addresses of media', () => {
  const track = {
    id: 'v',
    type: 'video',
    configs: [{ id: '1', codec: 'avc1', width: 1920, height: 1080, init: '' }],
  }
  const clear = 'https://play.example/media/clear/vod/film/v1/video-1/3.0.m4s'
  const bands = [
    { period: 5, fromSeconds: 0, toSeconds: 12 },
    { period: 6, fromSeconds: 12, toSeconds: 24 },
  ]
  const hls = 'https://play.example/s/a.b.c/vod/film/index.m3u8?scheme=cbcs'
  // What of a track decides is its type and the size of its pictures.
  const of = (policy: EncryptedPolicy, type: string) => (seconds: number) =>
    sealedAddress({ policy, scheme: 'cbcs', bands, hls })(
      clear,
      { ...track, type } as unknown as Parameters<typeof clearAddress>[1],
      seconds,
    )

  it('name session, scheme, key and period', () => {
    expect(of({ ...sealed, keys: 'perType' }, 'video')(13)).toBe(
      'https://play.example/s/a.b.c/media/cbcs-HD-6/vod/film/v1/video-1/3.0.m4s',
    )
    expect(of(sealed, 'audio')(0)).toContain('/media/cbcs-ALL-5/')
    expect(of(sealed, 'text')(0)).toContain('/s/a.b.c/media/clear/')
  })
})

describe('refusals', () => {
  it('are found in what a licence answers', () => {
    const text = '{"error":{"code":"LICENCE_EXPIRED","message":"over"}}'
    expect(refusalIn(text)).toBe('LICENCE_EXPIRED: over')
    expect(refusalIn(new TextEncoder().encode(text).buffer)).toBe('LICENCE_EXPIRED: over')
    expect(refusalIn(JSON.parse(text))).toBe('LICENCE_EXPIRED: over')
    for (const other of ['', 'null', '{}', '<html>', undefined, 7]) expect(refusalIn(other)).toBeUndefined()
  })

  const codes = new Set(
    globSync('lib/rights/{licences,tokens,protection,keys}/**/*.ts').flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/'((?:LICENCE|PROTECTION|ASSET)_[A-Z_]+)'/g)].flatMap(
        ([, code]) => code ?? [],
      ),
    ),
  )

  it.each([...codes].toSorted())('%s: what to do has nothing to do with the film', (code) => {
    const said = rightsAdvice(code)
    expect(said?.remedy).toBe('none')
    expect(whatToDo(code)).toBe(said)
  })
})
