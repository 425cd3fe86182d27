/** Decodes the bytes of a file of cues. */
import { HeadendError } from '../../errors.ts'
import { maxCueBytes } from './cue.ts'

/** UTF-8, or UTF-16 with a byte order mark; throws TEXT_ENCODING with the line if it is neither. */
export function decodeText(bytes: Uint8Array): string {
  if (bytes.length > maxCueBytes)
    throw new HeadendError(
      'TEXT_LARGE',
      `expected subtitles of at most ${maxCueBytes} bytes, got ${bytes.length}`,
    )
  const encoding = encodingOf(bytes)
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new HeadendError(
      'TEXT_ENCODING',
      `line ${firstBadLine(bytes, encoding)}: expected UTF-8, or UTF-16 with a byte order mark, got other bytes; save it as UTF-8`,
      { cause },
    )
  }
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
}

function firstBadLine(bytes: Uint8Array, encoding: string): number {
  const text = new TextDecoder(encoding).decode(bytes)
  const bad = text.indexOf('\ufffd')
  return (text.slice(0, Math.max(0, bad)).match(/\r\n?|\n/g)?.length ?? 0) + 1
}
