/** Reads subtitle files beside the film. */
import { HeadendError } from '../../errors.ts'
import { readSrt } from '../../formats/srt/index.ts'
import { decodeText, maxCueBytes, readWebVtt, type WebVtt } from '../../formats/webvtt/index.ts'
import type { Source } from '../reading/source.ts'

/** Supported file extensions. */
export const readableSidecars = /\.(vtt|srt)$/i

/**
 * Reads WebVTT or SubRip. An X-TIMESTAMP-MAP refers to a stream that does not exist here and is ignored: times count
 * from the start of the film.
 */
export async function readSidecar(source: Source): Promise<WebVtt> {
  if (source.size > maxCueBytes)
    throw new HeadendError(
      'TEXT_LARGE',
      `expected subtitles of at most ${maxCueBytes} bytes, got ${source.size}`,
    )
  const text = decodeText(source.size > 0 ? await source.read(0, source.size) : new Uint8Array(0))
  // Extensions are mixed up in practice: the first line decides.
  const isWebVtt = /^\ufeff?WEBVTT(?:\s|$)/.test(text)
  return isWebVtt || !/\.srt$/i.test(source.name) ? readWebVtt(text) : readSrt(text)
}
