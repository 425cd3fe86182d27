/** Boxes filled in at the edge are those their formats would have written. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base64Text } from '../../../lib/formats/base64.ts'
import { playReadyPssh, widevinePssh, writePssh, wrmHeaderOf } from '../../../lib/formats/pssh/index.ts'
import { hexText, uuidText } from '../../../lib/formats/uuid.ts'
import { playReadyBox, widevineBox } from '../../../lib/rights/protection/key-boxes.ts'
import { filledTemplate } from '../../../lib/timeline/key-boxes.ts'

const laUrl = 'https://licences.example/licence/playready'
const keys = fc.record({
  kid: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  checksum: fc.uint8Array({ minLength: 8, maxLength: 8 }).map(base64Text),
})

describe.each(['cenc', 'cbcs'] as const)('boxes with holes for keys of %s', (scheme) => {
  it("are Widevine's", () => {
    const box = widevineBox(scheme)
    fc.assert(
      fc.property(keys, ({ kid, checksum }) => {
        const own = writePssh(widevinePssh({ kids: [uuidText(kid)], protectionScheme: scheme }))
        expect(filledTemplate(box, { kid: hexText(kid), checksum })).toEqual(Uint8Array.from(own))
      }),
    )
  })

  it("are PlayReady's", () => {
    const box = playReadyBox(scheme, laUrl)
    fc.assert(
      fc.property(keys, ({ kid, checksum }) => {
        const dashed = uuidText(kid)
        const header = wrmHeaderOf([dashed], scheme, { checksums: new Map([[dashed, checksum]]), laUrl })
        const own = writePssh(playReadyPssh({ header }))
        expect(filledTemplate(box, { kid: hexText(kid), checksum })).toEqual(Uint8Array.from(own))
      }),
    )
  })
})
