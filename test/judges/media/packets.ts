/** Packets as two programs that are not ours read them: ffprobe and mediabunny. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input, type InputTrack } from 'mediabunny'

/** One packet: when it is shown, and which bytes it holds. */
export interface Packet {
  readonly seconds: number
  readonly bytes: number
  readonly md5: string
}

/** ffprobe's packets of the first stream of a kind, of a file or of a URL. */
export async function probePackets(
  from: string,
  kind: 'video' | 'audio',
  decryptionKey?: string,
): Promise<Packet[]> {
  const opened = decryptionKey === undefined ? [] : ['-decryption_key', decryptionKey]
  const args = [
    '-v',
    'error',
    ...opened,
    '-select_streams',
    `${kind[0]}:0`,
    '-show_packets',
    '-show_data_hash',
    'md5',
  ]
  const fields = ['-show_entries', 'packet=pts_time,size,data_hash', '-of', 'json', from]
  const { stdout } = await promisify(execFile)('ffprobe', [...args, ...fields], { maxBuffer: 2 ** 28 })
  const { packets } = JSON.parse(stdout) as {
    packets: { pts_time: string; size: string; data_hash: string }[]
  }
  return packets.map((packet) => ({
    seconds: Number(packet.pts_time),
    bytes: Number(packet.size),
    md5: packet.data_hash.replace(/^MD5:/i, '').toLowerCase(),
  }))
}

/** mediabunny's packets of the first track of a kind, in decoding order. */
export async function readPackets(
  file: Uint8Array,
  kind: 'video' | 'audio',
  decryptionKey?: string,
): Promise<Packet[]> {
  using input = new Input({
    source: new BufferSource(file),
    formats: ALL_FORMATS,
    ...(decryptionKey !== undefined && {
      formatOptions: { isobmff: { resolveKeyId: () => decryptionKey } },
    }),
  })
  const track = await (kind === 'video' ? input.getPrimaryVideoTrack() : input.getPrimaryAudioTrack())
  if (!track) return []
  // Awaited: the input is disposed of as this returns.
  return await packetsOf(track)
}

/** All packets of a track, in decoding order. */
export async function packetsOf(track: InputTrack): Promise<Packet[]> {
  const packets: Packet[] = []
  for await (const packet of new EncodedPacketSink(track).packets())
    packets.push({
      seconds: packet.timestamp,
      bytes: packet.data.byteLength,
      md5: createHash('md5').update(packet.data).digest('hex'),
    })
  return packets
}
