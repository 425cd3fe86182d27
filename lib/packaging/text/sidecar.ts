/** Subtitles in a file of their own beside the film. */
import { HeadendError } from '../../errors.ts'
import { readSrt } from '../../formats/srt/index.ts'
import { decodeText, maxCueBytes, readWebVtt, type WebVtt } from '../../formats/webvtt/index.ts'
import type { Source } from '../reading/source.ts'

/** Endings of files that are read here. */
export const readableSidecars = /\.(vtt|srt)$/i

/**
 * Reads WebVTT or SubRip. A clock WebVTT maps its times to is the one of a stream the film is not: its times count
 * from the start of the film.
 */
export async function readSidecar(source: Source): Promise<WebVtt> {
  if (source.size > maxCueBytes)
    throw new HeadendError(
      'TEXT_LARGE',
      `expected subtitles of at most ${maxCueBytes} bytes, got ${source.size}`,
    )
  const text = decodeText(source.size > 0 ? await source.read(0, source.size) : new Uint8Array(0))
  // Some call WebVTT what is SubRip, and the other way round: the first line tells.
  const isWebVtt = /^\ufeff?WEBVTT(?:\s|$)/.test(text)
  return isWebVtt || !/\.srt$/i.test(source.name) ? readWebVtt(text) : readSrt(text)
}
