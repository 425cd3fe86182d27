/** Every stream of a file, packet by packet, as two programs that are not ours read them. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { ALL_FORMATS, BufferSource, Input } from 'mediabunny'
import { type Packet, packetsOf } from './packets.ts'

/** One stream's packets in decoding order. */
export interface Stream {
  readonly type: string
  readonly packets: readonly Packet[]
}

/** One that also says which of its packets are key frames. */
export interface ProbedStream {
  readonly type: string
  readonly packets: readonly (Packet & { readonly isKey: boolean })[]
}

/** Pictures and sound of a file or a URL as ffprobe reads them. */
export async function probeStreams(from: string): Promise<ProbedStream[]> {
  const entries = 'stream=index,codec_type:packet=stream_index,pts_time,size,flags,data_hash'
  const args = ['-v', 'error', '-show_packets', '-show_streams', '-show_data_hash', 'md5']
  const { stdout } = await promisify(execFile)(
    'ffprobe',
    [...args, '-show_entries', entries, '-of', 'json', from],
    { maxBuffer: 2 ** 28 },
  )
  const { streams = [], packets = [] } = JSON.parse(stdout) as {
    streams?: { index: number; codec_type: string }[]
    packets?: { stream_index: number; pts_time: string; size: string; flags: string; data_hash: string }[]
  }
  const byStream = Map.groupBy(packets, ({ stream_index: index }) => index)
  return streams
    .filter(({ codec_type: type }) => type === 'video' || type === 'audio')
    .map(({ index, codec_type: type }) => ({
      type,
      packets: (byStream.get(index) ?? []).map((packet) => ({
        seconds: Number(packet.pts_time),
        bytes: Number(packet.size),
        md5: packet.data_hash.replace(/^MD5:/i, '').toLowerCase(),
        isKey: packet.flags.startsWith('K'),
      })),
    }))
}

/** Pictures and sound as mediabunny reads them. */
export async function readStreams(file: Uint8Array): Promise<Stream[]> {
  using input = new Input({ source: new BufferSource(file), formats: ALL_FORMATS })
  const streams: Stream[] = []
  for (const track of await input.getTracks()) {
    if (!track.isVideoTrack() && !track.isAudioTrack()) continue
    streams.push({ type: track.type, packets: await packetsOf(track) })
  }
  return streams
}
