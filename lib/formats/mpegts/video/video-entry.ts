/** Sample entries of video, made from nothing but parameter sets (ISO/IEC 14496-15 5.4.2, 8.4.1). */
import { readSps } from '../../avc/sps.ts'
import { readHevcProfile } from '../../hevc/profile.ts'
import { readHevcSps } from '../../hevc/sps.ts'
import { writeAvcc } from '../../isobmff/avcc.ts'
import { ByteWriter } from '../../isobmff/byte-writer.ts'
import { writeColr } from '../../isobmff/colr.ts'
import { writeHvcc } from '../../isobmff/hvcc.ts'
import { writePasp } from '../../isobmff/pasp.ts'
import { writeVisualSampleEntry } from '../../isobmff/visual-sample-entry.ts'
import type { Vui } from '../../vui.ts'
import { ticksPerSecond } from '../packets/clock.ts'
import { sameBytes } from '../same-bytes.ts'
import type { VideoConfig } from './video-units.ts'

/** Whether samples have the parameter sets, too: `avc3` and `hev1` say that they may. */
export type SetPlacement = 'out-of-band' | 'in-band'

const lengthBytes = 4

/** Of H.264; undefined if there is no set of a kind. */
export function avcConfig(
  sps: readonly Uint8Array[],
  pps: readonly Uint8Array[],
  placement: SetPlacement,
): VideoConfig | undefined {
  const first = sps[0]
  if (!first || pps.length === 0 || sps.length > 31 || pps.length > 255) return undefined
  const facts = readSps(first)
  const { profile, compatibility, level, sampling, clock } = facts
  const to = new ByteWriter()
  writeVisualSampleEntry(to, placement === 'in-band' ? 'avc3' : 'avc1', facts, () => {
    writeAvcc(to, { profile, compatibility, level, lengthBytes, sps, pps, extensions: [] }, sampling)
    writeShape(to, facts)
  })
  // A tick of H.264 is a field's.
  return configOf(to.written, placement, {
    sets: [...sps, ...pps],
    frameTicks: clock ? (2 * ticksPerSecond * clock.units) / clock.scale : 0,
  })
}

/** Of H.265. */
export function hevcConfig(
  { vps, sps, pps }: Readonly<Record<'vps' | 'sps' | 'pps', readonly Uint8Array[]>>,
  placement: SetPlacement,
): VideoConfig | undefined {
  const first = sps[0]
  if (!first || vps.length === 0 || pps.length === 0) return undefined
  const facts = readHevcSps(first)
  const isInBand = placement === 'in-band'
  const to = new ByteWriter()
  writeVisualSampleEntry(to, isInBand ? 'hev1' : 'hvc1', facts, () => {
    writeHvcc(to, {
      ...readHevcProfile(first),
      ...facts,
      lengthBytes,
      isComplete: !isInBand,
      arrays: [
        { type: 32, units: vps },
        { type: 33, units: sps },
        { type: 34, units: pps },
      ],
    })
    writeShape(to, facts)
  })
  const { clock } = facts
  return configOf(to.written, placement, {
    sets: [...vps, ...sps, ...pps],
    frameTicks: clock ? (ticksPerSecond * clock.units) / clock.scale : 0,
  })
}

/** Shape of the pixels and colours, as far as they are stated. */
function writeShape(to: ByteWriter, { pixelAspect, colour }: Vui): void {
  if (pixelAspect && pixelAspect[0] !== pixelAspect[1]) writePasp(to, pixelAspect)
  if (colour) writeColr(to, colour)
}

/** A frame rate below 1 or above 300 a second is an encoder's mistake. */
const isPlausible = (frameTicks: number): boolean =>
  frameTicks >= ticksPerSecond / 300 && frameTicks <= ticksPerSecond

function configOf(
  written: Uint8Array,
  placement: SetPlacement,
  { sets, frameTicks }: { readonly sets: readonly Uint8Array[]; readonly frameTicks: number },
): VideoConfig {
  const stated = isPlausible(frameTicks) ? frameTicks : 0
  return {
    config: {
      type: 'video',
      sampleEntry: written.slice(),
      timescale: ticksPerSecond,
      ...(stated > 0 && { unitTicks: Math.round(stated) }),
    },
    isConfigured: (set) => placement === 'out-of-band' && sets.some((one) => sameBytes(one, set)),
    frameTicks: stated,
  }
}
