/** SEI messages, which H.264 and H.265 share (ISO/IEC 14496-10 and 23008-2, 7.3.2.3): metadata of pictures. */
import { withoutEmulation } from './nal.ts'

/** One message. */
export interface SeiMessage {
  /** payloadType: 4 is user data of ITU-T T.35, 147 the preferred transfer characteristics. */
  readonly type: number
  readonly payload: Uint8Array
}

/** payloadType of user_data_registered_itu_t_t35. */
export const t35Message = 4
const preferredTransferMessage = 147

/** The messages in a NAL unit after its header; a truncated last one is returned as far as it goes. */
export function seiMessages(nal: Uint8Array, headerBytes: number): SeiMessage[] {
  const bytes = withoutEmulation(nal.subarray(headerBytes))
  const messages: SeiMessage[] = []
  // A stop bit and zeros end the unit.
  for (let at = 0; at + 2 < bytes.length; ) {
    const number = (): number => {
      let value = 0
      while (bytes[at] === 255) {
        value += 255
        at++
      }
      return value + (bytes[at++] ?? 0)
    }
    const type = number()
    const size = number()
    messages.push({ type, payload: bytes.subarray(at, at + size) })
    at += size
  }
  return messages
}

/** Transfer characteristics that override the VUI's, which are for older players (D.2.37 of 23008-2). */
export function preferredTransfer(messages: readonly SeiMessage[]): number | undefined {
  return messages.find(({ type }) => type === preferredTransferMessage)?.payload[0]
}
