/** Files that are no MP4, whatever their names say: the error names what came, and says what to do about that. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HeadendError } from '../../../lib/errors.ts'
import { bytesSource } from '../films/films.ts'
import { shelve } from '../films/shelf.ts'

const refusal = (bytes: Uint8Array): Promise<{ readonly code: string; readonly message: string }> =>
  shelve(bytesSource(bytes)).then(
    () => expect.fail('expected a refusal, but it plays'),
    (error: unknown) => (error instanceof HeadendError ? error : Promise.reject(error)),
  )
const latin1 = (text: string): Uint8Array => Buffer.from(text.padEnd(600, 'x'), 'latin1')
const sign = (hex: string): Uint8Array => Buffer.from(hex.padEnd(800, '0'), 'hex')
const box = (type: string, content = ''): string =>
  `${String.fromCharCode(0, 0, 0, 8 + content.length)}${type}${content}`

const rewrap = /put it into MP4, which needs no new encoding where MP4 can hold its codecs/
const unpack = /unpack it and upload the film that is in it/
const saved = /saved in place of the film.+fetch the film itself/
const itself = /upload the film itself/

describe('a foreign file says what it is and what to do', () => {
  it('or, if it has packets of a transport stream and no programme, that it has none', async () => {
    const { code, message } = await refusal(new Uint8Array(1880).fill(0x47))
    expect(code).toBe('PACKAGING_NOTHING_PLAYABLE')
    expect(message).toContain('expected a programme in a programme association table')
  })

  it.each<readonly [string, Uint8Array, RegExp]>([
    ['Matroska or WebM', sign('1a45dfa3a3428681'), rewrap],
    ['AVI', sign('524946460010000041564920'), rewrap],
    ['an MPEG program stream', sign('000001ba44000400'), rewrap],
    ['MPEG-1 or MPEG-2 video', sign('000001b3160120'), rewrap],
    ['a raw video stream', sign('000000016764001f'), rewrap],
    ['Ogg', sign('4f67675300020000'), rewrap],
    ['FLAC', sign('664c614300000022'), rewrap],
    ['MP3', sign('fffb90640000'), rewrap],
    ['AAC (ADTS)', sign('fff15080'), rewrap],
    ['AC-3 or E-AC-3', sign('0b77a17a'), rewrap],
    ['ASF (WMV)', sign('3026b2758e66cf11'), rewrap],
    ['MXF', sign('060e2b34020501010d0102'), rewrap],
    ['WAV', sign('524946460010000057415645'), /encode it as AAC, FLAC or Opus in an MP4/],
    ['a ZIP archive', sign('504b030414000000'), unpack],
    ['a gzip archive', sign('1f8b0808d2580e6b'), unpack],
    ['a 7z archive', sign('377abcaf271c0004'), unpack],
    ['a RAR archive', sign('526172211a0701'), unpack],
    ['a tar archive', latin1(`film.mp4${'\0'.repeat(249)}ustar\0`), unpack],
    ['a JPEG picture', sign('ffd8ffe000104a464946'), itself],
    ['a PNG picture', sign('89504e470d0a1a0a'), itself],
    ['a GIF picture', sign('474946383961'), itself],
    ['a WebP picture', sign('524946460010000057454250'), itself],
    [
      'a picture (HEIF or AVIF)',
      Buffer.from(box('ftyp', 'avif\0\0\0\0') + box('meta', 'x'.repeat(90))),
      itself,
    ],
    ['a PDF', latin1('%PDF-1.7\n'), itself],
    ['a web page', latin1('<!DOCTYPE html>\n<html><body>404 Not Found</body></html>'), saved],
    ['a web page', latin1('\xef\xbb\xbf\r\n<HTML><head>'), saved],
    ['XML', latin1('<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>'), saved],
    ['JSON', latin1('{"error":"expired"}'), saved],
    ['text', Buffer.from('hello'), saved],
    ['text', Buffer.from('Zugriff verweigert: Schlüssel abgelaufen'), saved],
    ['text', Buffer.from('\ufeffnot here, either', 'utf16le'), saved],
    ['an HLS playlist', Buffer.from('#EXTM3U\n#EXT-X-VERSION:6\n'), /it only names the film/],
    [
      'a DASH manifest',
      latin1('<?xml version="1.0"?>\n<!-- made -->\n<MPD xmlns="urn:mpeg:dash">'),
      /it only names the film/,
    ],
    [
      'WebVTT subtitles',
      Buffer.from('WEBVTT\n\n'),
      /folder of its film, under a name that ends in \.vtt or \.srt/,
    ],
    ['SubRip subtitles', Buffer.from('1\r\n00:00:01,000 --> 00:00:02,000\r\nHi\r\n'), /folder of its film/],
    [
      'TTML subtitles',
      latin1('<?xml version="1.0"?><tt xmlns="http://www.w3.org/ns/ttml">'),
      /convert it to WebVTT/,
    ],
    ['SSA subtitles', Buffer.from('[Script Info]\nTitle: a\n'), /convert it to WebVTT/],
    ['zeros', new Uint8Array(100_000), /upload the whole film/],
    ['one that starts with a7 32 cb 15 ee f3 ba 89', sign('a732cb15eef3ba89'), /broken or encrypted/],
  ])('%s', async (name, bytes, advice) => {
    const { code, message } = await refusal(bytes)
    expect(code).toBe('MP4_NOT_MP4')
    expect(message).toContain(`expected an MP4 or MOV file, got ${name}; `)
    expect(message).toMatch(advice)
    if (advice !== rewrap) expect(message).not.toContain('no new encoding')
  })

  it('a segment without its init segment is told so', async () => {
    const { code, message } = await refusal(
      Buffer.from(box('styp', 'msdh\0\0\0\0') + box('moof') + box('mdat')),
    )
    expect(code).toBe('MP4_MOOV_MISSING')
    expect(message).toMatch(/a segment without its init segment; put that before it/)
  })

  it('any short file ends in words, with something to do', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 40 }), async (bytes) => {
        const { message } = await refusal(bytes)
        expect(message).toMatch(/; .*(upload|put)/)
      }),
    )
  })
})
