/**
 * Channels of FLAC: the default layout for their number, unless a comment has a channel mask (RFC 9639 8.6.2, 9.1.3).
 */
import { type Speakers, speakers } from '../channel-layout.ts'

const name = 'WAVEFORMATEXTENSIBLE_CHANNEL_MASK='
const commentType = 4
/** Four channels are in the corners, where the default layout has one behind. */
const quadraphonic = 10

/** ChannelConfiguration by channel mask; sides and back may each be the surround pair. */
const layouts: ReadonlyMap<number, number> = new Map([
  [0x4, 1],
  [0x3, 2],
  [0x7, 3],
  [0x107, 4],
  [0x37, 5],
  [0x607, 5],
  [0x3f, 6],
  [0x60f, 6],
  [0xff, 7],
  [0x103, 9],
  [0x33, 10],
  [0x603, 10],
  [0x13f, 11],
  [0x70f, 11],
  [0x63f, 12],
])

/** `blocks` are the metadata blocks after STREAMINFO, which may contain a comment. */
export function flacSpeakers(channels: number, blocks: Uint8Array): Speakers {
  const mask = maskIn(blocks)
  if (mask !== undefined) return speakers(channels, layouts.get(mask) ?? 0)
  return channels === 4 ? { channels, layout: quadraphonic } : { channels }
}

function maskIn(blocks: Uint8Array): number | undefined {
  const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.length)
  for (let at = 0; at + 4 <= blocks.length; ) {
    const header = view.getUint32(at)
    const length = header & 0xffffff
    if (((header >> 24) & 127) === commentType) return maskOf(blocks.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  return undefined
}

/** Vorbis comments are little-endian. */
function maskOf(comment: Uint8Array): number | undefined {
  const view = new DataView(comment.buffer, comment.byteOffset, comment.length)
  const lengthAt = (at: number): number => (at + 4 <= comment.length ? view.getUint32(at, true) : 0)
  let at = 4 + lengthAt(0)
  let left = lengthAt(at)
  for (at += 4; left > 0 && at + 4 <= comment.length; left--) {
    const length = lengthAt(at)
    const text = latin1(comment.subarray(at + 4, at + 4 + Math.min(length, name.length + 12)))
    if (text.toUpperCase().startsWith(name)) {
      const mask = Number.parseInt(text.slice(name.length), 16)
      return Number.isNaN(mask) ? undefined : mask
    }
    at += 4 + length
  }
  return undefined
}

const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes)
