/** A function without its configuration fails when it is loaded, by the name of what is missing. */
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../lib/platform/config.ts'

describe('configuration', () => {
  it('gives the values of the names that were asked for, and no other', () => {
    expect(readConfig(['A', 'B'], { A: '1', B: '2', C: '3' })).toEqual({ A: '1', B: '2' })
  })

  it.each([{ A: '1' }, { A: '1', B: '' }, { A: '1', B: undefined }])(
    'names what is missing of %j',
    (source) => {
      expect(() => readConfig(['A', 'B', 'C'], source)).toThrow(
        expect.objectContaining({
          code: 'CONFIG_MISSING',
          status: 500,
          message: expect.stringContaining('B, C'),
        }),
      )
    },
  )
})
