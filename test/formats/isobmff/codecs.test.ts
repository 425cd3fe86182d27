/** What is said of codecs: names, sizes, colours, profiles; and sample entries as CMAF wants them. */
import { describe, expect, it } from 'vitest'
import { readAudioSpecificConfig } from '../../../lib/formats/aac/audio-specific-config.ts'
import { avcBrand } from '../../../lib/formats/avc/cmaf-brand.ts'
import { readSps } from '../../../lib/formats/avc/sps.ts'
import { ByteWriter } from '../../../lib/formats/isobmff/byte-writer.ts'
import { codecs } from '../../../lib/formats/isobmff/codecs.ts'
import { readEsds, writeEsds } from '../../../lib/formats/isobmff/esds.ts'
import { avc1, mp4a } from '../../packaging/films/make-film.ts'
import { boxOf, hex } from './one-box.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex')

describe('H.264', () => {
  it('reads an SPS of x264: 1280x720, BT.709', () => {
    expect(readSps(bytes('6764001facd9405005bb016a020202800000030080000019078c18cb'))).toMatchObject({
      profile: 100,
      compatibility: 0,
      level: 31,
      width: 1280,
      height: 720,
      pixelAspect: [1, 1],
      colour: { primaries: 1, transfer: 1, matrix: 1, fullRange: false },
    })
  })

  it('reads a cropped 1920x1080 without VUI (ISO/IEC 14496-10 7.4.2.1.1)', () => {
    // profile 66, level 40, 120 x 68 blocks, frames only, cropped by 4 lines of chroma below.
    expect(readSps(bytes('67 42 00 28 f4 03 c0 11 3f 28'))).toMatchObject({ width: 1920, height: 1080 })
  })

  it('keeps a sample entry as it is, boxes it does not know too', () => {
    const codec = codecs.get('avc1')?.(boxOf(avc1))
    expect(codec).toMatchObject({ name: 'avc1.64001f', width: 1280, height: 720, range: 'SDR' })
    const kept = hex(codec?.sampleEntry ?? new Uint8Array(0))
    for (const box of ['61766343', '636f6c726e636c78', '70617370', '62747274']) expect(kept).toContain(box)
    expect(codec?.brand(25)).toBe('cfhd')
  })

  it('names the CMAF profile pictures keep to, and none where they keep to none', () => {
    const hd = { profile: 100, level: 40, width: 1920, height: 1080, frameRate: 25 }
    expect(avcBrand(hd)).toBe('cfhd')
    expect(avcBrand({ ...hd, level: 42, frameRate: 60 })).toBe('chdf')
    expect(avcBrand({ ...hd, level: 30, width: 720, height: 576 })).toBe('cfsd')
    expect(avcBrand({ ...hd, level: 51, width: 3840, height: 2160 })).toBeUndefined()
    expect(avcBrand({ ...hd, profile: 110 })).toBeUndefined()
    expect(avcBrand({ ...hd, colour: { primaries: 9, transfer: 16, matrix: 9 } })).toBeUndefined()
  })
})

describe('the configuration of a High profile', () => {
  const entry = (avcC: Buffer): Buffer => {
    const at = avc1.indexOf('avcC') - 4
    const size = avc1.readUInt32BE(at)
    const whole = Buffer.concat([avc1.subarray(0, at), avcC, avc1.subarray(at + size)])
    whole.writeUInt32BE(whole.length)
    return whole
  }
  const source = avc1.subarray(avc1.indexOf('avcC') - 4, avc1.indexOf('colr') - 4)
  const sized = (avcC: Uint8Array): Buffer => {
    const box = Buffer.from(avcC)
    box.writeUInt32BE(box.length)
    return box
  }
  const left = (avcC: Buffer): Buffer => {
    const written = Buffer.from(codecs.get('avc1')?.(boxOf(entry(avcC))).sampleEntry ?? [])
    return written.subarray(written.indexOf('avcC') - 4, written.indexOf('colr') - 4)
  }

  it.each([
    ['as the source has it', source],
    ['where the source leaves it out', sized(source.subarray(0, -4))],
    ['where the source breaks off in it', sized(source.subarray(0, -2))],
    [
      'where the source has something else there',
      sized(Buffer.concat([source.subarray(0, -4), Buffer.alloc(4)])),
    ],
    [
      'where the source contradicts its pictures',
      sized(Buffer.concat([source.subarray(0, -3), bytes('faf900')])),
    ],
  ])('says how pictures are sampled: %s', (_name, avcC) => {
    expect(hex(left(avcC))).toBe(hex(source))
  })

  it('keeps the extensions of parameter sets', () => {
    const extended = sized(Buffer.concat([source.subarray(0, -1), bytes('010003aabbcc')]))
    expect(hex(left(extended))).toBe(hex(extended))
  })
})

describe('AAC', () => {
  it.each([
    ['LC at 44.1 kHz in stereo', '1210', { objectType: 2, sampleRate: 44_100, channels: 2 }],
    ['LC, saying that no SBR follows', '119056e500', { objectType: 2, sampleRate: 48_000, channels: 2 }],
    ['5.1', '11b0', { objectType: 2, sampleRate: 48_000, channels: 6 }],
    ['HE, said in front', '2b118800', { objectType: 5, sampleRate: 48_000, channels: 2 }],
    ['HE, said behind', '131056e598', { objectType: 5, sampleRate: 48_000, channels: 2 }],
    ['a rate of its own', '17805dc010', { objectType: 2, sampleRate: 48_000, channels: 2 }],
  ])('%s', (_name, config, facts) => {
    expect(readAudioSpecificConfig(bytes(config))).toEqual(facts)
  })

  /** The stream's number and the sizes of descriptors are gone; buffer, rates and configuration are the source's. */
  const esds = '0000002a6573647300000000031c000000041440150000000001f4000001f2850505119056e500060102'

  it('drops what only QuickTime knows, keeps btrt; the stream has no number any more', () => {
    const codec = codecs.get('mp4a')?.(boxOf(mp4a))
    expect(codec).toMatchObject({ name: 'mp4a.40.2', channels: 2, sampleRate: 48_000 })
    const source = mp4a.toString('hex')
    expect(hex(codec?.sampleEntry ?? new Uint8Array(0))).toBe(
      `00000062${source.slice(8, 72)}${esds}${source.slice(-40)}`,
    )
    expect(codec?.brand(0)).toBe('caac')
  })

  it('reads descriptors of a stream that depends on others, and lengths of every form', () => {
    const specific = `f9464322${'20'.repeat(200)}`
    const source = `03816f 1234 e0 0001 03616263 0002 048080815c 4015000000 0001f400 0001f285 05814c ${specific} 060102`
    const stream = readEsds(boxOf(`000000fe 65736473 00000000 ${source}`))
    expect([stream.objectType, hex(stream.specific)]).toEqual([0x40, specific])
    const to = new ByteWriter()
    writeEsds(to, stream)
    const written = `038165 0000 00 04815c 4015000000 0001f400 0001f285 05814c ${specific} 060102`
    expect(hex(to.written)).toBe(`000000f4 65736473 00000000 ${written}`.replaceAll(' ', ''))
  })

  it('reads an esds that was cut off behind the decoder’s configuration', () => {
    const stream = readEsds(
      boxOf(
        '0000002a 65736473 00000000 0380808025 0002 00 0414 4015000000 0001f400 0001f285 0505 119056e5'.concat(
          '00',
        ),
      ),
    )
    expect(hex(stream.specific)).toBe('119056e500')
  })

  it('writes a QuickTime version 1 entry with its esds in wave as ISO wants it', () => {
    const source = mp4a.subarray(36, 36 + 54)
    const wave = Buffer.concat([
      Buffer.from('0000004a', 'hex'),
      Buffer.from('wave'),
      Buffer.from('0000000c66726d616d703461', 'hex'),
      source,
    ])
    const frame = Buffer.from(
      '000000000000 0001 0001 0000 00000000 0002 0010 fffe 0000 bb800000'.replaceAll(' ', ''),
      'hex',
    )
    const body = Buffer.concat([frame, Buffer.from('00000400000000000000000000000002', 'hex'), wave])
    const size = Buffer.alloc(4)
    size.writeUInt32BE(body.length + 8)
    const codec = codecs.get('mp4a')?.(boxOf(Buffer.concat([size, Buffer.from('mp4a'), body])))
    const entry = hex(codec?.sampleEntry ?? new Uint8Array(0))
    expect(entry).toBe(`0000004e${mp4a.toString('hex').slice(8, 72)}${esds}`)
  })

  it('refuses what else lies in mp4a by its object type', () => {
    const vorbis = Buffer.from(mp4a)
    vorbis[vorbis.indexOf('esds') + 21] = 0xdd
    expect(() => codecs.get('mp4a')?.(boxOf(vorbis))).toThrow(/expected AAC or MP3 .*got dd/)
  })
})
