import { describe, expect, it } from 'vitest'
import { bufferPool } from '../../../lib/packaging/segments/buffer-pool.ts'

const megabyte = 2 ** 20

describe('memory for samples', () => {
  it('is used again once it was given back, and by one borrower at a time', () => {
    const memory = bufferPool(64 * megabyte)
    const [first, second] = [memory.lend(megabyte), memory.lend(megabyte)]
    expect(first.bytes.buffer).not.toBe(second.bytes.buffer)
    first.giveBack()
    first.giveBack()
    const [third, fourth] = [memory.lend(1.5 * megabyte), memory.lend(megabyte)]
    expect(third.bytes.buffer).toBe(first.bytes.buffer)
    expect(third.bytes).toHaveLength(1.5 * megabyte)
    expect(fourth.bytes.buffer).not.toBe(third.bytes.buffer)
  })

  it('that is given back is the smallest that is long enough', () => {
    const memory = bufferPool(64 * megabyte)
    const sizes = [9, 1, 5].map((size) => memory.lend(size * megabyte))
    for (const one of sizes) one.giveBack()
    expect(memory.lend(4 * megabyte).bytes.buffer).toBe(sizes[2]?.bytes.buffer)
    expect(memory.lend(4 * megabyte).bytes.buffer).toBe(sizes[0]?.bytes.buffer)
    expect(sizes.map(({ bytes }) => bytes.buffer)).not.toContain(memory.lend(4 * megabyte).bytes.buffer)
  })

  it('is kept up to a limit', () => {
    const memory = bufferPool(5 * megabyte)
    const [small, large] = [memory.lend(2 * megabyte), memory.lend(40 * megabyte)]
    for (const one of [small, large]) one.giveBack()
    expect(memory.lend(30 * megabyte).bytes.buffer).not.toBe(large.bytes.buffer)
    expect(memory.lend(megabyte).bytes.buffer).toBe(small.bytes.buffer)
  })

  it('can be of no length', () => {
    expect(bufferPool(0).lend(0).bytes).toHaveLength(0)
  })
})
