/**
 * Subsamples of AV1 (AV1 Codec ISO Media File Format Binding, 4): only tiles are encrypted, each in a range of its own,
 * so that OBU headers, sequence, frame and tile group headers, tile sizes and metadata can be read without a key.
 */
import { Av1TileFinder } from '../av1/tiles.ts'
import { type Scheme, SubsampleList, type SubsampleMap } from './subsamples.ts'

/**
 * The map for one segment, called for its samples in order from a key frame on, because headers depend on earlier
 * frames. `configObus` is the content of av1C. It throws what `Av1TileFinder` throws.
 */
export function av1Subsamples(scheme: Scheme, configObus: Uint8Array): SubsampleMap {
  const finder = new Av1TileFinder(configObus)
  return (sample) => {
    const list = new SubsampleList()
    let at = 0
    for (const [from, to] of finder.tilesOf(sample)) {
      // With cenc only whole blocks are encrypted, and the first bytes stay clear; with cbcs the pattern handles the
      // rest.
      const guarded = scheme === 'cenc' ? to - from - ((to - from) % 16) : to - from
      list.clear(to - guarded - at)
      list.protect(guarded)
      at = to
    }
    list.clear(sample.length - at)
    return list.pairs
  }
}
