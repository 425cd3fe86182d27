import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Form, openForm } from '../../../local/s3/forms/form.ts'
import { AwsFault } from '../../../local/service.ts'

const contentType = 'multipart/form-data; boundary=--frontier'

/** The body in pieces of these sizes, the last of them again and again. */
async function* inPieces(
  body: Buffer,
  sizes: readonly number[],
): AsyncGenerator<Uint8Array, void, undefined> {
  let at = 0
  for (let turn = 0; at < body.length; turn++) {
    const size = sizes[Math.min(turn, sizes.length - 1)] ?? body.length
    yield body.subarray(at, at + size)
    at += size
  }
}

const open = (body: Buffer, sizes: readonly number[]): Promise<Form> =>
  openForm({ ownHeader: () => contentType, body: inPieces(body, sizes) })

async function fileOf({ file }: Form): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of file) pieces.push(piece)
  return Buffer.concat(pieces).toString('latin1')
}

const bodyOf = (key: string, file: string) =>
  Buffer.from(
    `preamble\r\n----frontier\r\nContent-Disposition: form-data; name="Key"\r\n\r\n${key}\r\n` +
      '----frontier \r\nContent-Type: video/mp4\r\ncontent-disposition: form-data; name="file"; filename="a/b.mp4"\r\n\r\n' +
      `${file}\r\n----frontier--\r\nepilogue`,
    'latin1',
  )

/** Bytes that look like the beginning of a delimiter. */
const nearly = fc.array(fc.constantFrom('\r', '\n', '-', '\r\n--', '\r\n----frontie', 'x', '\0'), {
  maxLength: 40,
})
const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 })

it('gives the file byte for byte, however it is cut on the way', async () => {
  await fc.assert(
    fc.asyncProperty(nearly, sizes, async (words, cuts) => {
      const file = words.join('')
      const form = await open(bodyOf('vod/a.mp4', file), cuts)
      expect([...form.fields]).toEqual([['key', 'vod/a.mp4']])
      expect(form.filename).toBe('b.mp4')
      expect(await fileOf(form)).toBe(file)
    }),
    { numRuns: 500 },
  )
})

it('ends with a fault of S3 or a file, whatever byte is wrong', async () => {
  const whole = bodyOf('k', 'moving pictures\r\n--')
  await fc.assert(
    fc.asyncProperty(
      fc.nat(whole.length - 1),
      fc.nat(255),
      fc.boolean(),
      sizes,
      async (at, byte, cut, cuts) => {
        const body = cut ? whole.subarray(0, at) : Buffer.from(whole).fill(byte, at, at + 1)
        try {
          await fileOf(await open(body, cuts))
        } catch (error) {
          expect(error).toBeInstanceOf(AwsFault)
        }
      },
    ),
    { numRuns: 500 },
  )
})

it('holds no more than a chunk and what the fields may have', async () => {
  const endless = (text: string) =>
    (async function* () {
      for (let turn = 0; turn < 20_000; turn++) yield Buffer.from(turn === 0 ? text : 'x'.repeat(1000))
    })()
  for (const [start, code] of [
    ['', 'MalformedPOSTRequest'],
    ['----frontier\r\n', 'MalformedPOSTRequest'],
    ['----frontier', 'MalformedPOSTRequest'],
    ['----frontier\r\nContent-Disposition: form-data; name="key"\r\n\r\n', 'MaxPostPreDataLengthExceeded'],
  ] as const)
    await expect(openForm({ ownHeader: () => contentType, body: endless(start) })).rejects.toMatchObject({
      code,
    })
})
