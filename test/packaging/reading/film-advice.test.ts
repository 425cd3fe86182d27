/** What an error of a film says at its end. */
import { describe, expect, it } from 'vitest'
import { errors } from '../../../lib/errors/table.ts'
import { assetAdvice } from '../../../lib/packaging/assets/advice.ts'

describe('advice at the end of an error of a film', () => {
  it.each(['MP4_EMPTY', 'MP4_BOX_TRUNCATED', 'TEXT_ENCODING', 'OBJECT_GONE'] as const)(
    'of %s is the table’s, as a clause',
    (code) => {
      const clause = assetAdvice(code)
      expect(`${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`).toBe(errors[code].advice)
      expect(clause).toMatch(/^[a-z]/)
    },
  )

  it('of what is no fault of a film’s own is to write it anew', () => {
    expect(assetAdvice('XML_TAG')).toContain('write the film anew')
  })
})
