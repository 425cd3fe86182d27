/** A `multipart/form-data` body as it comes (RFC 7578): fields before the file in memory, the file as a stream. */
import { S3Fault } from '../faults.ts'
import type { S3Request } from '../request.ts'

/** All fields before the file, with their names: what S3 takes of them. */
const maxFieldBytes = 20 * 1024
const maxHeadBytes = 8 * 1024
/** RFC 2046 5.1.1. */
const maxBoundaryLength = 70

export interface Form {
  /** The first of each name, in lower case; those behind the file are not among them. */
  readonly fields: ReadonlyMap<string, string>
  /** What the browser called the file, without the folders before it; empty where it said nothing. */
  readonly filename: string
  /** To be read once. Throws where a second file follows, or the form does not end. */
  readonly file: AsyncGenerator<Uint8Array, void, undefined>
}

interface Part {
  readonly name: string
  readonly filename: string
  readonly headBytes: number
  readonly body: AsyncIterable<Buffer>
}

/** Reads up to the first byte of the field `file`. */
export async function openForm({ ownHeader, body }: Pick<S3Request, 'ownHeader' | 'body'>): Promise<Form> {
  const parts = partsOf(body, boundaryOf(ownHeader('content-type') ?? ''))
  const fields = new Map<string, string>()
  let fieldBytes = 0
  for (;;) {
    const { value: part } = await parts.next()
    if (part === undefined) throw notOneFile('0')
    const name = part.name.toLowerCase()
    if (name === 'file') return { fields, filename: part.filename, file: fileOf(part, parts) }
    fieldBytes += part.headBytes
    const pieces: Buffer[] = []
    for await (const piece of part.body) {
      fieldBytes += piece.length
      if (fieldBytes > maxFieldBytes) throw fieldsTooLarge()
      pieces.push(piece)
    }
    if (!fields.has(name)) fields.set(name, Buffer.concat(pieces).toString())
  }
}

async function* fileOf(file: Part, rest: AsyncIterable<Part>): Form['file'] {
  yield* file.body
  for await (const { name } of rest) if (name.toLowerCase() === 'file') throw notOneFile('2')
}

function boundaryOf(contentType: string): string {
  if (!/^multipart\/form-data *(;|$)/i.test(contentType))
    throw new S3Fault(
      412,
      'PreconditionFailed',
      'At least one of the pre-conditions you specified did not hold',
      {
        detail: { Condition: 'Bucket POST must be of the enclosure-type multipart/form-data' },
      },
    )
  const [, quoted, bare] = /; *boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? []
  const boundary = quoted ?? bare ?? ''
  if (boundary === '' || boundary.length > maxBoundaryLength) throw malformedForm()
  return boundary
}

/** One part after the other; a body not read by then is passed over. Holds a chunk and a delimiter, never more. */
async function* partsOf(
  source: AsyncIterable<Uint8Array>,
  boundary: string,
): AsyncGenerator<Part, undefined> {
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  const input = source[Symbol.asyncIterator]()
  // The first delimiter may have no line end before it.
  let held = Buffer.from('\r\n')

  async function more() {
    const { done, value } = await input.next()
    if (done) throw malformedForm()
    held = Buffer.concat([held, value])
  }
  async function* upTo(end: Buffer): AsyncGenerator<Buffer, void, undefined> {
    for (;;) {
      const at = held.indexOf(end)
      if (at >= 0) {
        const last = held.subarray(0, at)
        held = held.subarray(at + end.length)
        if (last.length > 0) yield last
        return
      }
      const sure = held.length - (end.length - 1)
      if (sure > 0) {
        const piece = held.subarray(0, sure)
        held = held.subarray(sure)
        yield piece
      }
      await more()
    }
  }
  async function headUpTo(end: string): Promise<string> {
    const pieces: Buffer[] = []
    let headBytes = 0
    for await (const piece of upTo(Buffer.from(end))) {
      headBytes += piece.length
      if (headBytes > maxHeadBytes) throw malformedForm()
      pieces.push(piece)
    }
    return Buffer.concat(pieces).toString()
  }

  for await (const _ of upTo(delimiter)) continue
  for (;;) {
    while (held.length < 2) await more()
    if (held.toString('latin1', 0, 2) === '--') return undefined
    // Blanks may stand between a delimiter and its line end.
    if ((await headUpTo('\r\n')).trim() !== '') throw malformedForm()
    const body = upTo(delimiter)
    yield { ...readHead(await headUpTo('\r\n\r\n')), body }
    for await (const _ of body) continue
  }
}

function readHead(head: string): Omit<Part, 'body'> {
  const disposition =
    head.split('\r\n').find((line) => /^content-disposition *: *form-data *;/i.test(line)) ?? ''
  const name = parameterOf(disposition, 'name')
  if (name === undefined) throw malformedForm()
  const filename = (parameterOf(disposition, 'filename') ?? '').replace(/^.*[/\\]/s, '')
  return { name, filename, headBytes: Buffer.byteLength(head) }
}

/** Browsers write a quotation mark and line ends in a name percent-encoded (HTML 4.10.21.8), and nothing else. */
function parameterOf(disposition: string, name: string): string | undefined {
  const [, quoted, bare] = new RegExp(`; *${name}=(?:"([^"]*)"|([^;\\s"]+))`, 'i').exec(disposition) ?? []
  return (quoted ?? bare)?.replaceAll('%22', '"').replaceAll('%0D', '\r').replaceAll('%0A', '\n')
}

const malformedForm = () =>
  new S3Fault(
    400,
    'MalformedPOSTRequest',
    'The body of your POST request is not well-formed multipart/form-data.',
  )
const fieldsTooLarge = () =>
  new S3Fault(
    400,
    'MaxPostPreDataLengthExceeded',
    'Your POST request fields preceding the upload file were too large.',
  )
const notOneFile = (count: string) =>
  new S3Fault(400, 'InvalidArgument', 'POST requires exactly one file upload per request.', {
    detail: { ArgumentName: 'file', ArgumentValue: count },
  })
