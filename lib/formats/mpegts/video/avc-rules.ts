/** Access units of H.264 (ISO/IEC 14496-10 7.4.1.2.3, 7.4.1.2.4). */
import { type AvcPps, readAvcPps } from '../../avc/pps.ts'
import {
  type AvcSliceStart,
  beginsAvcPicture,
  completesAvcFrame,
  readAvcSliceStart,
} from '../../avc/slice-start.ts'
import { type AvcSliceFacts, readSps } from '../../avc/sps.ts'
import { ParameterSets } from './parameter-sets.ts'
import { recoveryPictures } from './recovery-point.ts'
import { avcConfig, type SetPlacement } from './video-entry.ts'
import type { NalRole, VideoRules } from './video-units.ts'

const types = { slice: 1, partition: 2, idr: 5, sei: 6, sps: 7, pps: 8, delimiter: 9, filler: 12 }
const typeOf = (nal: Uint8Array): number => (nal[0] ?? 0) & 31

/** By type: slices in partitions B and C and of auxiliary pictures or other layers go with what is before them. */
const roles: ReadonlyMap<number, NalRole> = new Map<number, NalRole>([
  [types.slice, 'slice'],
  [types.partition, 'slice'],
  [types.idr, 'slice'],
  [types.sei, 'prefix'],
  [types.sps, 'set'],
  [types.pps, 'set'],
  [types.delimiter, 'delimiter'],
  [types.filler, 'filler'],
  [14, 'prefix'],
  [15, 'prefix'],
  [16, 'prefix'],
  [17, 'prefix'],
  [18, 'prefix'],
])

/** The rules of one stream. */
export function avcRules(placement: SetPlacement): VideoRules {
  const sps = new ParameterSets<AvcSliceFacts>()
  const pps = new ParameterSets<AvcPps>()
  const sets = { sps: sps.facts, pps: pps.facts }
  let last: AvcSliceStart | undefined
  /** The open picture is a field that may get its second. */
  let isHalf = false
  let recovery: number | undefined

  return {
    roleOf: (nal) => roles.get(typeOf(nal)) ?? 'suffix',
    takeSet(nal) {
      if (typeOf(nal) === types.pps) pps.take(nal, readPps)
      else sps.take(nal, readSpsFacts)
    },
    takePrefix(nal) {
      if (typeOf(nal) === types.sei) recovery = recoveryPictures(nal, 1) ?? recovery
    },
    begin(slice) {
      const next = readAvcSliceStart(slice, sets)
      const before = last
      last = next
      if (before && !beginsAvcPicture(before, next)) return undefined
      const isSecond = before !== undefined && isHalf && completesAvcFrame(before, next)
      isHalf = next.field !== undefined && !isSecond
      const recovered = recovery
      recovery = undefined
      if (isSecond) return undefined
      const facts = sps.facts.get(pps.facts.get(next.ppsId)?.spsId ?? -1)
      return {
        isIdr: next.isIdr,
        isAnchor: next.isReference,
        ...(facts?.orderType === 0 &&
          next.order !== undefined && { order: next.order, orderBits: facts.orderBits }),
        orderStep: 2,
        sync: next.isIdr
          ? 'idr'
          : recovered === undefined
            ? 'none'
            : recovered === 0
              ? 'recovery'
              : 'gradual',
      }
    },
    configure: () => avcConfig(sps.nals, pps.nals, placement),
  }
}

const readPps = (nal: Uint8Array) => {
  const facts = readAvcPps(nal)
  return { id: facts.id, facts }
}

const readSpsFacts = (nal: Uint8Array) => {
  const { slices } = readSps(nal)
  return { id: slices.id, facts: slices }
}
