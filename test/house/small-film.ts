/** A film of a megabyte for who looks at what a headend does with it, and not at its pictures. */
import {
  ALL_FORMATS,
  BufferSource,
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  FilePathSource,
  Input,
  Mp4OutputFormat,
  Output,
} from 'mediabunny'
import { greyVideo } from '../../bin/doctor/day-film.ts'
import { demoFilm } from './media.ts'

/** As many pictures as the demo film has segments, about, so long each that the film is as long as its sound. */
const pictures = { count: 5, seconds: 6 }

/** The demo film's sound under grey key frames; a headend takes the 22 megabytes of that film in the same way, only longer. */
export async function smallFilm(): Promise<Buffer> {
  using grey = new Input({ source: new BufferSource(greyVideo(pictures.count)), formats: ALL_FORMATS })
  using demo = new Input({ source: new FilePathSource(demoFilm), formats: ALL_FORMATS })
  const [from, sound] = await Promise.all([grey.getPrimaryVideoTrack(), demo.getPrimaryAudioTrack()])
  const [decoderConfig, soundConfig] = await Promise.all([
    from?.getDecoderConfig(),
    sound?.getDecoderConfig(),
  ])
  if (!from || !sound || !decoderConfig || !soundConfig) throw new Error('expected pictures and sound')
  const target = new BufferTarget()
  const output = new Output({ format: new Mp4OutputFormat(), target })
  const [video, audio] = [new EncodedVideoPacketSource('avc'), new EncodedAudioPacketSource('aac')]
  output.addVideoTrack(video)
  output.addAudioTrack(audio)
  await output.start()
  for await (const packet of new EncodedPacketSink(from).packets()) {
    const [timestamp, duration] = [packet.timestamp * pictures.seconds, pictures.seconds]
    await video.add(packet.clone({ timestamp, duration }), { decoderConfig })
  }
  video.close()
  for await (const packet of new EncodedPacketSink(sound).packets())
    await audio.add(packet, { decoderConfig: soundConfig })
  await output.finalize()
  if (!target.buffer) throw new Error('expected a film')
  return Buffer.from(target.buffer)
}
