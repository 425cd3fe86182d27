/** Access units of H.265 (ISO/IEC 23008-2 7.4.2.4.4). */
import { type HevcPps, readHevcPps } from '../../hevc/pps.ts'
import { readHevcSliceStart } from '../../hevc/slice-start.ts'
import { type HevcSliceFacts, readHevcSps } from '../../hevc/sps.ts'
import type { SyncKind } from '../units.ts'
import { ParameterSets } from './parameter-sets.ts'
import { recoveryPictures } from './recovery-point.ts'
import { hevcConfig, type SetPlacement } from './video-entry.ts'
import type { NalRole, VideoRules } from './video-units.ts'

const types = { vps: 32, sps: 33, pps: 34, delimiter: 35, end: 36, filler: 38, sei: 39 }
const typeOf = (nal: Uint8Array): number => ((nal[0] ?? 0) >> 1) & 63
/** nuh_layer_id is not 0: such units go with the picture of the base layer. */
const isOtherLayer = (nal: Uint8Array): boolean => ((nal[0] ?? 0) & 1) !== 0 || ((nal[1] ?? 0) & 0xf8) !== 0

/** The rules of one stream. */
export function hevcRules(placement: SetPlacement): VideoRules {
  const vps = new ParameterSets<number>()
  const sps = new ParameterSets<HevcSliceFacts>()
  const pps = new ParameterSets<HevcPps>()
  const sets = { sps: sps.facts, pps: pps.facts }
  let recovery: number | undefined

  return {
    roleOf,
    takeSet(nal) {
      const type = typeOf(nal)
      if (type === types.vps) vps.take(nal, readVpsId)
      else if (type === types.sps) sps.take(nal, readSpsFacts)
      else pps.take(nal, readPps)
    },
    takePrefix(nal) {
      if (typeOf(nal) === types.sei) recovery = recoveryPictures(nal, 2) ?? recovery
    },
    begin(slice) {
      const { beginsPicture, order, orderBits } = readHevcSliceStart(slice, sets)
      if (!beginsPicture) return undefined
      const type = typeOf(slice)
      const temporalLayer = ((slice[1] ?? 0) & 7) - 1
      const recovered = recovery
      recovery = undefined
      const leading = type === 6 || type === 7 ? 'radl' : type === 8 || type === 9 ? 'rasl' : undefined
      return {
        isIdr: type >= 16 && type <= 20,
        // Odd types below 16 are reference pictures; leading ones are none of prevTid0Pic (8.3.1).
        isAnchor: temporalLayer === 0 && leading === undefined && (type >= 16 || type % 2 === 1),
        ...(order !== undefined && { order }),
        ...(orderBits !== undefined && { orderBits }),
        orderStep: 1,
        sync: syncOf(type, recovered),
        ...(leading && { leading }),
      }
    },
    configure: () => hevcConfig({ vps: vps.nals, sps: sps.nals, pps: pps.nals }, placement),
  }
}

function roleOf(nal: Uint8Array): NalRole {
  const type = typeOf(nal)
  if (isOtherLayer(nal)) return 'suffix'
  if (type < 32) return 'slice'
  if (type <= types.pps) return 'set'
  if (type === types.delimiter) return 'delimiter'
  if (type === types.filler) return 'filler'
  return type === types.sei || (type >= 41 && type <= 44) || (type >= 48 && type <= 55) ? 'prefix' : 'suffix'
}

/** IRAP pictures by nal_unit_type (table 7-1): BLA, IDR, CRA and those reserved. */
function syncOf(type: number, recovered: number | undefined): SyncKind {
  if (type === 19 || type === 20) return 'idr'
  if (type >= 16 && type <= 18) return 'bla'
  if (type >= 21 && type <= 23) return 'cra'
  return recovered === undefined ? 'none' : recovered === 0 ? 'recovery' : 'gradual'
}

const readVpsId = (nal: Uint8Array) => {
  const id = (nal[2] ?? 0) >> 4
  return { id, facts: id }
}

const readSpsFacts = (nal: Uint8Array) => {
  const { slices } = readHevcSps(nal)
  return { id: slices.id, facts: slices }
}

const readPps = (nal: Uint8Array) => {
  const facts = readHevcPps(nal)
  return { id: facts.id, facts }
}
