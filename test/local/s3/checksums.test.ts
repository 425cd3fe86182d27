import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { unframe } from '../../../local/s3/bytes/aws-chunked.ts'
import { type CrcName, combineCrc, createCrc } from '../../../local/s3/bytes/crc.ts'
import { S3Fault } from '../../../local/s3/faults.ts'
import { openS3 } from './harness.ts'

const Bucket = 'films'
const test = await openS3([{ name: Bucket }])

/** A PUT with headers the SDK would not send. */
function rawPut(
  key: string,
  headers: Record<string, string>,
  body: string,
): Promise<{ status?: number; text: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      `${test.endpoint}/${Bucket}/${key}`,
      { method: 'PUT', headers },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode, text }))
      },
    )
    request.on('error', reject)
    request.end(body)
  })
}

const chunked = (length: string, more: Record<string, string> = {}) => ({
  'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  'content-encoding': 'aws-chunked',
  'x-amz-decoded-content-length': length,
  ...more,
})

const md5 = (text: string) => createHash('md5').update(text).digest('base64')

const crcOf = (name: CrcName, ...pieces: Uint8Array[]) => {
  const crc = createCrc(name)
  for (const piece of pieces) crc.update(piece)
  return crc.digest()
}

const decode = async (pieces: readonly Uint8Array[]) => {
  const trailers = new Map<string, string>()
  const out: Uint8Array[] = []
  async function* source() {
    yield* pieces
  }
  for await (const bytes of unframe(source(), trailers)) out.push(bytes)
  return { bytes: Buffer.concat(out), trailers }
}
const frame = (chunks: readonly Uint8Array[], trailer: string) =>
  Buffer.concat([
    ...chunks.flatMap((chunk) => [
      Buffer.from(`${chunk.length.toString(16)}\r\n`),
      chunk,
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`0\r\nX-Amz-Checksum-Crc32: ${trailer}\r\n\r\n`),
  ])
const cut = (bytes: Buffer, at: readonly number[]) => {
  const points = [0, ...at.map((n) => n % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]
  return points.slice(1).map((to, i) => bytes.subarray(points[i], to))
}

async function expectNothingStored(key: string) {
  const answer = await fetch(`${test.endpoint}/${Bucket}/${key}`)
  expect(answer.status).toBe(404)
  expect(await readdir(join(test.dir, 'blobs'))).toEqual([])
}

describe('a wrong promise about a body', () => {
  it.each<[string, Record<string, string>, string, string]>([
    ['checksum header', { 'x-amz-checksum-crc32': 'AAAAAA==' }, 'hello', 'BadDigest'],
    ['CRC64NVME header', { 'x-amz-checksum-crc64nvme': 'AAAAAAAAAAA=' }, 'hello', 'BadDigest'],
    ['checksum that is no base64', { 'x-amz-checksum-crc32': 'x' }, 'hello', 'InvalidRequest'],
    [
      'checksum twice',
      { 'x-amz-checksum-crc32': 'NhCmhg==', 'x-amz-checksum-sha1': 'x' },
      'hello',
      'InvalidRequest',
    ],
    ['checksum announced only', { 'x-amz-sdk-checksum-algorithm': 'CRC32' }, 'hello', 'InvalidRequest'],
    ['Content-MD5', { 'content-md5': md5('other') }, 'hello', 'BadDigest'],
    ['Content-MD5 that is none', { 'content-md5': 'x' }, 'hello', 'InvalidDigest'],
    ['payload hash', { 'x-amz-content-sha256': '0'.repeat(64) }, 'hello', 'XAmzContentSHA256Mismatch'],
    [
      'trailer',
      chunked('5', { 'x-amz-trailer': 'x-amz-checksum-crc32' }),
      '5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n',
      'BadDigest',
    ],
    [
      'trailer that never comes',
      chunked('5', { 'x-amz-trailer': 'x-amz-checksum-crc32' }),
      '5\r\nhello\r\n0\r\n\r\n',
      'MalformedTrailerError',
    ],
    ['decoded length too long', chunked('6'), '5\r\nhello\r\n0\r\n\r\n', 'IncompleteBody'],
    ['decoded length too short', chunked('4'), '5\r\nhello\r\n0\r\n\r\n', 'IncompleteBody'],
    ['last chunk that never comes', chunked('5'), '5\r\nhello\r\n', 'IncompleteBody'],
    ['chunk size', chunked('5'), 'zz\r\nhello\r\n0\r\n\r\n', 'InvalidRequest'],
    ['chunk longer than it said', chunked('5'), '3\r\nhello\r\n0\r\n\r\n', 'InvalidRequest'],
  ])('in the %s is refused and nothing is stored', async (_, headers, body, code) => {
    const answer = await rawPut('refused', headers, body)
    expect(answer.text).toContain(`<Code>${code}</Code>`)
    expect(answer.status).toBe(400)
    await expectNothingStored('refused')
  })

  it('about its length is 411 when there is none', async () => {
    expect((await rawPut('refused', { 'transfer-encoding': 'chunked' }, 'hello')).text).toContain(
      'MissingContentLength',
    )
  })

  it('is not made by the empty checksum in the query of a presigned URL', async () => {
    const query = 'x-amz-checksum-crc32=AAAAAA%3D%3D&x-amz-sdk-checksum-algorithm=CRC32'
    expect((await rawPut(`presigned?${query}`, {}, 'hello')).status).toBe(200)
  })
})

describe('a right promise', () => {
  it('in a signed chunk stream with a trailer is kept', async () => {
    const signature = 'f'.repeat(64)
    const body = `5;chunk-signature=${signature}\r\nhello\r\n0;chunk-signature=${signature}\r\nx-amz-checksum-sha256:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=\nx-amz-trailer-signature:${signature}\r\n\r\n`
    const headers = {
      ...chunked('5', { 'x-amz-trailer': 'x-amz-checksum-sha256' }),
      'content-encoding': 'gzip, aws-chunked',
    }
    headers['x-amz-content-sha256'] = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER'
    expect((await rawPut('signed', headers, body)).status).toBe(200)
    const head = await test.client.send(
      new HeadObjectCommand({ Bucket, Key: 'signed', ChecksumMode: 'ENABLED' }),
    )
    expect(head).toMatchObject({
      ContentLength: 5,
      ContentEncoding: 'gzip',
      ChecksumSHA256: 'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=',
      ChecksumType: 'FULL_OBJECT',
    })
  })

  it.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
    'of %s comes back with the object',
    async (ChecksumAlgorithm) => {
      const put = await test.client.send(
        new PutObjectCommand({ Bucket, Key: ChecksumAlgorithm, Body: 'hello world', ChecksumAlgorithm }),
      )
      const got = await test.client.send(
        new GetObjectCommand({ Bucket, Key: ChecksumAlgorithm, ChecksumMode: 'ENABLED' }),
      )
      expect(await got.Body?.transformToString()).toBe('hello world')
      expect(got[`Checksum${ChecksumAlgorithm}`]).toBe(put[`Checksum${ChecksumAlgorithm}`])
      expect(put[`Checksum${ChecksumAlgorithm}`]).toBeDefined()
    },
  )

  it('is not needed: CRC64NVME is kept then', async () => {
    await rawPut('plain', {}, '123456789')
    const head = await test.client.send(
      new HeadObjectCommand({ Bucket, Key: 'plain', ChecksumMode: 'ENABLED' }),
    )
    expect(head.ChecksumCRC64NVME).toBe(Buffer.from('ae8b14860a799888', 'hex').toString('base64'))
  })
})

describe('the CRCs', () => {
  // Check values of the CRC catalogue (reveng): CRC-32/ISO-HDLC, CRC-32/ISCSI, CRC-64/NVME over "123456789".
  const vectors: [CrcName, string][] = [
    ['CRC32', 'cbf43926'],
    ['CRC32C', 'e3069283'],
    ['CRC64NVME', 'ae8b14860a799888'],
  ]
  it.each(vectors)('%s has its check value', (name, hex) => {
    expect(crcOf(name, Buffer.from('123456789')).toString('hex')).toBe(hex)
  })
  it.each(vectors)('%s is the same in pieces, and joined from two halves', (name) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), (first, second) => {
        const both = crcOf(name, Buffer.concat([first, second]))
        expect(crcOf(name, first, second)).toEqual(both)
        expect(combineCrc(name, crcOf(name, first), crcOf(name, second), second.length)).toEqual(both)
      }),
    )
  })
})

describe('aws-chunked', () => {
  it('is taken off wherever the network cuts it', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 5 }),
        fc.array(fc.nat(1000), { maxLength: 8 }),
        async (chunks, at) => {
          const { bytes, trailers } = await decode(cut(frame(chunks, 'AAAAAA=='), at))
          expect(bytes.equals(Buffer.concat(chunks))).toBe(true)
          expect(trailers.get('x-amz-checksum-crc32')).toBe('AAAAAA==')
        },
      ),
    ))

  it('that is broken ends in a fault, never in more bytes than came', () =>
    fc.assert(
      fc.asyncProperty(fc.nat(1000), fc.nat(255), async (position, value) => {
        const bytes = Buffer.from(frame([Buffer.from('hello'), Buffer.from('world')], 'AAAAAA=='))
        bytes[position % bytes.length] = value
        try {
          expect((await decode([bytes])).bytes.length).toBeLessThanOrEqual(bytes.length)
        } catch (error) {
          expect(error).toBeInstanceOf(S3Fault)
        }
      }),
    ))
})
