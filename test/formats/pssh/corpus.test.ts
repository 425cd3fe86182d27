/** PSSHs of the field, with what independent parsers found in them. */
import { createCipheriv } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { base64Bytes, base64Text } from '../../../lib/formats/base64.ts'
import {
  describePssh,
  guidText,
  playReadyChecksum,
  playReadyPssh,
  printWrmHeader,
  psshOfText,
  psshText,
  readPlayReady,
  readWidevine,
  skdContentId,
  widevinePssh,
  writePlayReady,
  writePssh,
  writeWidevine,
  wrmHeaderOf,
} from '../../../lib/formats/pssh/index.ts'
import { hexBytes } from '../../../lib/formats/uuid.ts'
import { corpusMissing, corpusText } from '../../judges/corpus.ts'

const file = (name: string): string => (corpusMissing ? '' : corpusText('standards/drm', name))
const rows = <T>(name: string): T[] =>
  file(name)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T)

interface Row {
  readonly id: string
  readonly base64: string
  readonly boxes: readonly Record<string, unknown>[]
}

describe.skipIf(corpusMissing !== undefined)('PSSHs of the field', () => {
  it.each(rows<Row>('pssh.jsonl'))('$id', ({ base64, boxes }) => {
    const found = psshOfText(base64)
    // more may be told than the parsers of the corpus tell: CUSTOMATTRIBUTES
    expect(found.map(describePssh)).toMatchObject(boxes)
    expect(base64Text(new Uint8Array(found.flatMap((box) => [...writePssh(box)])))).toBe(base64)
  })

  it.each(rows<Row>('pssh.jsonl'))('$id: the data of a known system comes back', ({ boxes, base64 }) => {
    for (const [i, box] of psshOfText(base64).entries()) {
      if (boxes[i]?.['playready']) {
        const [record] = readPlayReady(box.data).records
        if (record?.header)
          expect(readPlayReady(writePlayReady(record.header)).records[0]?.header).toEqual(record.header)
      }
      if (boxes[i]?.['widevine']) {
        const data = readWidevine(box.data)
        expect(readWidevine(writeWidevine(data))).toEqual(data)
      }
    }
  })

  it.each(rows<Row>('pssh-broken.jsonl'))('$id is refused', ({ base64 }) => {
    expect(() => psshOfText(base64)).toThrow(
      expect.objectContaining({ name: 'HeadendError', code: expect.stringMatching(/^(MP4|PSSH|BASE64)_/) }),
    )
  })
})

interface WidevineCase {
  readonly keyIds: readonly string[]
  readonly provider: string
  readonly contentId: string
  readonly dataBase64: string
  readonly psshV0Base64: string
}

describe.skipIf(corpusMissing !== undefined)('known answers', () => {
  it('Widevine, byte for byte', () => {
    const cases = JSON.parse(file('widevine-kat.json')) as WidevineCase[]
    for (const { keyIds, provider, contentId, dataBase64, psshV0Base64 } of cases) {
      const facts = { kids: keyIds, provider, contentId: new TextEncoder().encode(contentId) }
      expect(base64Text(widevinePssh(facts).data)).toBe(dataBase64)
      expect(psshText(widevinePssh(facts))).toBe(psshV0Base64)
    }
  })

  it('PlayReady, byte for byte', () => {
    const { input, checksumBase64, ...kat } = JSON.parse(file('playready-kat.json')) as Record<
      string,
      never
    > & {
      input: Record<'kid' | 'key' | 'laUrl', string>
    }
    const { kid, key, laUrl } = input
    const checksum = playReadyChecksum(kid, (block) =>
      createCipheriv('aes-128-ecb', hexBytes(key, ''), null).setAutoPadding(false).update(block),
    )
    expect(checksum).toBe(checksumBase64)
    const header = wrmHeaderOf([kid], 'cenc', { laUrl, checksums: new Map([[kid, checksum]]) })
    expect(printWrmHeader(header)).toBe(kat['wrmHeader42'])
    expect(printWrmHeader(wrmHeaderOf([kid], 'cenc', { laUrl }))).toBe(kat['wrmHeader42NoChecksum'])
    expect(base64Text(writePlayReady(header))).toBe(kat['playReadyObjectBase64'])
    expect(psshText(playReadyPssh({ header }))).toBe(kat['psshV0Base64'])
    expect(psshText(playReadyPssh({ header, version: 1 }))).toBe(kat['psshV1Base64'])
  })

  it('PlayReady checksums', () => {
    const cases = JSON.parse(file('playready-checksum.json')) as Record<string, string>[]
    for (const { kid = '', kidBase64LE, contentKeyHex = '', checksum } of cases) {
      const encipher = (block: Uint8Array) =>
        createCipheriv('aes-128-ecb', hexBytes(contentKeyHex, ''), null).setAutoPadding(false).update(block)
      expect([guidText(kid), playReadyChecksum(kid, encipher)]).toEqual([kidBase64LE, checksum])
    }
  })

  it('FairPlay content ids', () => {
    const { skdUris, initDataUtf16leHex, initDataUtf8Hex } = JSON.parse(file('fairplay.json')) as {
      skdUris: { uri: string; contentId: string }[]
    } & Record<'initDataUtf16leHex' | 'initDataUtf8Hex', string>
    for (const { uri, contentId } of skdUris) expect(skdContentId(uri)).toBe(contentId)
    expect(skdContentId(hexBytes(initDataUtf16leHex, ''))).toBe('1234')
    expect(skdContentId(hexBytes(initDataUtf8Hex, ''))).toBe('1234')
    expect(base64Bytes('', '')).toHaveLength(0)
  })
})
