/** Boxes of text tracks: what others wrote is read, what is written is read again. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { writeInit } from '../../../lib/formats/isobmff/init.ts'
import { readKinds } from '../../../lib/formats/isobmff/kind.ts'
import { unityMatrix } from '../../../lib/formats/isobmff/mvhd.ts'
import { readStpp, writeStpp } from '../../../lib/formats/isobmff/stpp.ts'
import { readTref } from '../../../lib/formats/isobmff/tref.ts'
import { readTx3g } from '../../../lib/formats/isobmff/tx3g.ts'
import { readTx3gSample } from '../../../lib/formats/isobmff/tx3g-sample.ts'
import { readWvtt, writeWvtt } from '../../../lib/formats/isobmff/wvtt.ts'
import { readWvttSample, writeWvttSample } from '../../../lib/formats/isobmff/wvtt-sample.ts'
import { outcomes } from '../outcomes.ts'
import { boxOf, hex, written } from './one-box.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text.replaceAll(/\s/g, ''), 'hex')

describe('WebVTT in MP4 (ISO/IEC 14496-30 6)', () => {
  // A cue with all its boxes, laid out as the syntax of 6.6 has them.
  const cue = `00000056 76747463
    0000000c 76736964 00000007
    0000000a 6964656e 6131
    00000014 6374696d 30303a30303a30312e303030
    0000000e 73747467 6c696e653a30
    00000016 7061796c 48656c6c6f203c623e e4bda0 3c2f`
  it('has samples of cues', () => {
    expect(readWvttSample(bytes(cue))).toEqual([
      { sourceId: 7, id: 'a1', currentTime: '00:00:01.000', settings: 'line:0', text: 'Hello <b>你</' },
    ])
  })

  it('has samples of nothing, and of words to nobody', () => {
    expect(readWvttSample(bytes('00000008 76747465'))).toEqual([])
    expect(readWvttSample(bytes(`0000000c 76747461 4e4f5445 ${cue}`))).toHaveLength(1)
    expect(hex(written((to) => writeWvttSample(to, [])))).toBe('0000000876747465')
  })

  it('has samples that are written as they are read', () => {
    expect(hex(written((to) => writeWvttSample(to, readWvttSample(bytes(cue)))))).toBe(hex(bytes(cue)))
    const text = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 20 })
      .filter((one) => !one.endsWith('\0'))
    const any = fc.record(
      {
        sourceId: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
        id: text,
        settings: text,
        currentTime: text,
        text,
      },
      { requiredKeys: ['text'] },
    )
    fc.assert(
      fc.property(fc.array(any), (cues) => {
        expect(readWvttSample(written((to) => writeWvttSample(to, cues)))).toEqual(cues)
      }),
    )
  })

  it('with any bytes changed is read, or refused with a code', () => {
    const whole = bytes(cue)
    const change = fc.tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }))
    const seen = outcomes()
    let cueCount = 0
    fc.assert(
      fc.property(fc.array(change, { maxLength: 6 }), (changes) => {
        const broken = Uint8Array.from(whole)
        for (const [at, byte] of changes) broken[at] = byte
        seen.count(() => {
          const cues = readWvttSample(broken)
          if (hex(broken) === hex(whole)) expect(cues).toHaveLength(1)
          cueCount += cues.length
        })
      }),
      { numRuns: 1000, seed: 9 },
    )
    seen.expectBoth(50)
    expect(cueCount).toBeGreaterThan(50)
  })

  it('says in its entry what stands in front of the cues', () => {
    const entry =
      '0000002c 77767474 000000000000 0001 0000000e 76747443 574542565454 0000000e 766c6162 736f75726365'
    expect(readWvtt(boxOf(entry))).toEqual({ dataReference: 1, header: 'WEBVTT', label: 'source' })
    expect(hex(written((to) => writeWvtt(to, { header: 'WEBVTT', label: 'source' })))).toBe(hex(bytes(entry)))
  })
})

describe('timed text (3GPP TS 26.245)', () => {
  // ffmpeg 5.1.9: -c:s mov_text
  const entry = `00000040 74783367 000000000000 0001 00000000 01 ff 00000000 0000 0000 0000 0000
    0000 0000 0001 00 12 ffffffff 00000012 66746162 0001 0001 05 5365726966`
  it('says how it looks', () => {
    expect(readTx3g(boxOf(entry))).toEqual({
      dataReference: 1,
      allForced: false,
      horizontal: 'centre',
      vertical: 'bottom',
      face: 0,
    })
    const forced = entry
      .replace('0001 00000000 01 ff', '0001 80000000 00 00')
      .replace('0001 00 12', '0001 02 12')
    expect(readTx3g(boxOf(forced))).toMatchObject({
      allForced: true,
      horizontal: 'left',
      vertical: 'top',
      face: 2,
    })
  })

  it('has texts in UTF-8 and, behind a mark, in UTF-16', () => {
    expect(readTx3gSample(bytes('0003 61c3a9'))).toEqual({ text: 'aé', styles: [] })
    expect(readTx3gSample(bytes('0006 feff 0061 00e9')).text).toBe('aé')
    expect(readTx3gSample(bytes('0006 fffe 6100 e900')).text).toBe('aé')
    expect([readTx3gSample(bytes('0000')).text, readTx3gSample(bytes('')).text]).toEqual(['', ''])
  })

  it('has styles, and boxes nobody asked for', () => {
    const sample =
      '0003 616263 0000000c 686c6974 0000 0001 00000016 7374796c 0001 0001 0002 0001 03 12 ffffffff'
    expect(readTx3gSample(bytes(sample))).toEqual({ text: 'abc', styles: [{ from: 1, to: 2, face: 3 }] })
  })

  it.each([
    ['a text longer than the sample', '0009 61', 'MP4_TX3G_LENGTH'],
    [
      'more styles than bytes',
      '0001 61 00000016 7374796c ffff 0001 0002 0001 03 12 ffffffff',
      'MP4_COUNT_RANGE',
    ],
  ])('with %s is refused', (_name, sample, code) => {
    expect(() => readTx3gSample(bytes(sample))).toThrow(expect.objectContaining({ code }))
  })
})

describe('TTML in MP4 (ISO/IEC 14496-12 12.6)', () => {
  const ttml = 'http://www.w3.org/ns/ttml'
  it('says which', () => {
    const entry = {
      namespace: `${ttml} http://www.w3.org/ns/ttml#styling`,
      schemaLocation: 'a b',
      auxiliaryTypes: 'image/png',
      mediaType: 'application/ttml+xml;codecs=im1t',
    }
    const box = boxOf(written((to) => writeStpp(to, entry)))
    expect(readStpp(box)).toEqual({ dataReference: 1, ...entry })
    const plain = { ...entry, auxiliaryTypes: '', schemaLocation: '' }
    expect(readStpp(boxOf(written((to) => writeStpp(to, plain))))).toEqual({ dataReference: 1, ...plain })
  })

  it('is read where the third string is left out', () => {
    const strings = `${Buffer.from(ttml).toString('hex')}00 00`
    // ffmpeg 5.1.9: -c:s ttml in MP4 writes three strings; others write two and a `btrt`.
    const size = (8 + 8 + ttml.length + 2 + 20).toString(16).padStart(8, '0')
    const entry = `${size} 73747070 000000000000 0001 ${strings} 00000014 62747274 00000000 00000000 00000000`
    expect(readStpp(boxOf(entry))).toEqual({
      dataReference: 1,
      namespace: ttml,
      schemaLocation: '',
      auxiliaryTypes: '',
    })
  })
})

describe('text tracks', () => {
  it.each([
    ['text', 'nmhd'],
    ['subtitle', 'sthd'],
  ] as const)('of kind %s have a header %s', (type, header) => {
    const init = writeInit({
      type,
      trackId: 3,
      timescale: 1000,
      width: 0,
      height: 0,
      matrix: unityMatrix,
      sampleEntry: written((to) => writeWvtt(to, { header: 'WEBVTT' })),
      brands: ['cwvt'],
      mediaStart: 0,
    })
    const text = Buffer.from(init).toString('latin1')
    expect(text).toContain(`\0\0\0\x0c${header}\0\0\0\0`)
    expect(text).toContain(type === 'text' ? 'text\0' : 'subt\0')
    expect(text).toContain('dashcwvt')
  })

  it('are named by others', () => {
    const tref = boxOf('00000018 74726566 00000010 63686170 00000002 00000003')
    expect(readTref(tref)).toEqual([{ type: 'chap', trackIds: [2, 3] }])
  })

  it('say what they are for', () => {
    const word = (text: string) => `${Buffer.from(text).toString('hex')}00`
    const scheme = 'urn:mpeg:dash:role:2011'
    const kind = `${(12 + scheme.length + 1 + 8).toString(16).padStart(8, '0')} 6b696e64 00000000 ${word(scheme)} ${word('caption')}`
    const size = (8 + 12 + scheme.length + 1 + 8).toString(16).padStart(8, '0')
    expect(readKinds(boxOf(`${size} 75647461 ${kind}`))).toEqual([{ scheme, value: 'caption' }])
  })
})
