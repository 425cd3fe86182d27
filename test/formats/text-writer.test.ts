import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TextWriter } from '../../lib/formats/text-writer.ts'

function written(pieces: readonly string[], front?: string): string {
  const out = new TextWriter()
  for (const piece of pieces) out.add(piece)
  return out.end(front)
}

const text = fc.string({ unit: 'grapheme', maxLength: 40 })
/** Long enough to be moved to the bytes, some of it several times. */
const pieces = fc
  .tuple(fc.array(text, { maxLength: 20 }), fc.nat(2000))
  .map(([some, times]) => Array.from({ length: times }, () => some).flat())

describe('text in pieces', () => {
  it('is what they are together, behind what was put in front', () => {
    fc.assert(
      fc.property(pieces, text, (some, front) => {
        expect(written(some, front) === front + some.join('')).toBe(true)
        expect(written(some) === some.join('')).toBe(true)
      }),
      { numRuns: 100 },
    )
  })

  it('is its own while another is written', () => {
    const [one, other] = [new TextWriter(), new TextWriter()]
    for (let i = 0; i < 5000; i++) {
      one.add('one\n')
      other.add('ander€\n')
    }
    expect(one.end() === 'one\n'.repeat(5000)).toBe(true)
    expect(written(['x'.repeat(20_000)]) === 'x'.repeat(20_000)).toBe(true)
    expect(other.end('> ') === `> ${'ander€\n'.repeat(5000)}`).toBe(true)
  })
})
