/** Recovery point messages (ISO/IEC 14496-10 D.2.8, 23008-2 D.3.8): decoding can start at pictures that are no IDR. */
import { HeadendError } from '../../../errors.ts'
import { BitReader } from '../../bits.ts'
import { seiMessages } from '../../sei.ts'

const recoveryPoint = 6
/** Messages of other types are long: captions, and the settings of x264. */
const maxSeiBytes = 4096

/** Pictures until all is as it should be, 0 at once; undefined if the unit has no such message. */
export function recoveryPictures(nal: Uint8Array, headerBytes: number): number | undefined {
  if (nal.length > maxSeiBytes) return undefined
  const found = seiMessages(nal, headerBytes).find(({ type }) => type === recoveryPoint)
  if (!found) return undefined
  try {
    const bits = new BitReader(found.payload, 'recovery point')
    // recovery_poc_cnt of H.265 is signed, and says the same when it is not 0.
    return bits.ue()
  } catch (error) {
    if (error instanceof HeadendError) return undefined
    throw error
  }
}
