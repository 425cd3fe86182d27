/** A film to turn keys in. */
import { ffmpegFilm } from '../house/ffmpeg.ts'

/** Small pictures with a key frame every two seconds, and sound whose frames end elsewhere. */
export const turningFilm = (seconds: number): string =>
  ffmpegFilm(
    `-f lavfi -i testsrc2=size=320x180:rate=25:duration=${seconds} -f lavfi -i sine=frequency=440:sample_rate=48000:duration=${seconds} ` +
      '-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 50 -keyint_min 50 -sc_threshold 0 -c:a aac -b:a 64k',
  )
