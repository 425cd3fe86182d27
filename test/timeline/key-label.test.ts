/** Which key a track falls under. */
import { describe, expect, it } from 'vitest'
import { keyLabelOf, keyLabels, pixelsOf } from '../../lib/timeline/key-label.ts'

describe('the label of a track', () => {
  it.each([
    ['shared', { type: 'video', pixels: 3840 * 2160 }, 'ALL'],
    ['shared', { type: 'audio' }, 'ALL'],
    ['perType', { type: 'audio' }, 'AUDIO'],
    ['perType', { type: 'video', pixels: 1024 * 576 }, 'SD'],
    ['perType', { type: 'video', pixels: 1026 * 576 }, 'HD'],
    ['perType', { type: 'video', pixels: 1920 * 1080 }, 'HD'],
    ['perType', { type: 'video', pixels: 1920 * 1088 }, 'UHD'],
    ['perType', { type: 'text' }, undefined],
    ['shared', { type: 'image', pixels: 320 * 180 }, undefined],
    ['shared', { type: 'metadata' }, undefined],
  ] as const)('%s, %o: %s', (keys, track, label) => {
    expect(keyLabelOf(keys, track)).toBe(label)
    if (label !== undefined) expect(keyLabels(keys)).toContain(label)
  })

  it('goes by the largest of its pictures', () => {
    const sizes = [
      [640, 360],
      [1920, 1080],
    ] as const
    const configs = sizes.map(([width, height], i) => ({ id: `${i}`, codec: 'avc1.640028', width, height }))
    expect(pixelsOf({ configs })).toBe(1920 * 1080)
    expect(pixelsOf({ configs: [] })).toBe(0)
  })
})
