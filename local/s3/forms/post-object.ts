/** PostObject: a form that a browser sends, with a policy somebody signed beforehand. */
import type { Caller } from '../../service.ts'
import type { S3Context } from '../access.ts'
import { type Answer, emptyAnswer } from '../answer.ts'
import { maxPutBytes, receive } from '../bytes/body.ts'
import { S3Fault } from '../faults.ts'
import { objectHead, writtenHeaders } from '../objects/object-head.ts'
import { askWrite, singlePart } from '../objects/put-object.ts'
import { objectUrl, type S3Request } from '../request.ts'
import { versionTooOld } from '../signature-version.ts'
import { elements, parseXml, plainXmlDocument, requiredText } from '../xml.ts'
import { type Form, openForm } from './form.ts'
import { judgeForm, type SizeRange } from './post-policy.ts'

export async function postObject(context: S3Context, request: S3Request): Promise<Answer> {
  const { store } = context
  const { bucket } = request
  const { config } = store.bucket(bucket)
  if (request.ownHeader('content-length') === undefined)
    throw new S3Fault(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.')
  const form = await openForm(request)
  const fields = expanded(form)
  const key = needed(fields, 'key')
  const { caller, policy } = signerOf(context, fields)
  const nowMs = context.now()
  const range = policy === undefined ? anySize : judgeForm({ policy, bucket, fields, nowMs })
  const put = asPut({ ...request, key, caller }, fields)
  const head = objectHead(put, config)
  askWrite(context, put, head)
  const received = await receive(store.blobs, { ...put, body: within(range, form.file) })
  const version = await store.put(bucket, singlePart(key, head, received), {
    eventName: 'ObjectCreated:Post',
    requestId: request.id,
  })
  const location = objectUrl(request, key)
  const headers = { ...writtenHeaders(store.bucket(bucket).config, version), location }
  return answerTo(fields, headers, { bucket, key })
}

const anySize: SizeRange = { minBytes: 0, maxBytes: Number.MAX_SAFE_INTEGER }

/** `${filename}` stands for the file's name, wherever it stands; conditions are about what comes of it. */
function expanded({ fields, filename }: Form): ReadonlyMap<string, string> {
  return new Map([...fields].map(([name, value]) => [name, value.replaceAll('${filename}', () => filename)]))
}

function needed(fields: ReadonlyMap<string, string>, name: string): string {
  const value = fields.get(name)
  if (value !== undefined && value !== '') return value
  throw new S3Fault(
    400,
    'InvalidArgument',
    `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
    { detail: { ArgumentName: name, ArgumentValue: '' } },
  )
}

/** Who signed; without a policy nobody did. */
function signerOf(
  { identifySigner }: S3Context,
  fields: ReadonlyMap<string, string>,
): { readonly caller: Caller; readonly policy?: string } {
  if (fields.has('awsaccesskeyid')) throw versionTooOld()
  if (!fields.has('policy') && !fields.has('x-amz-signature')) return { caller: { kind: 'anonymous' } }
  const policy = needed(fields, 'policy')
  const caller = identifySigner({
    policy,
    algorithm: needed(fields, 'x-amz-algorithm'),
    credential: needed(fields, 'x-amz-credential'),
    date: needed(fields, 'x-amz-date'),
    signature: needed(fields, 'x-amz-signature'),
    sessionToken: fields.get('x-amz-security-token'),
  })
  return { caller, policy }
}

/** Fields that are headers of a put, under the names they have there. */
function asPut(request: S3Request, fields: ReadonlyMap<string, string>): S3Request {
  const headers: Record<string, string> = {}
  for (const [name, value] of fields) if (isHeader.test(name)) headers[name] = value
  const acl = fields.get('acl')
  if (acl !== undefined) headers['x-amz-acl'] = acl
  const tagging = fields.get('tagging')
  if (tagging !== undefined) headers['x-amz-tagging'] = taggingHeader(tagging)
  const header = (name: string) => headers[name]
  return { ...request, headers, header, ownHeader: header }
}

/** Not those that say how a request is signed or its body framed: they are about other requests. */
const isHeader =
  /^(cache-control|content-(disposition|encoding|language|type)|expires|x-amz-(checksum|meta|server-side-encryption|storage-class|website|grant|sdk-checksum)[\w.-]*)$/

/** A form has the document of PutObjectTagging where a put has a query. */
function taggingHeader(document: string): string {
  const tags = elements(parseXml(document, 'Tagging'), 'TagSet').flatMap((set) => elements(set, 'Tag'))
  const query = new URLSearchParams()
  for (const tag of tags) query.append(requiredText(tag, 'Key'), requiredText(tag, 'Value'))
  return query.toString()
}

/** What is too large is still counted to its end, for the answer names its size. */
async function* within({ minBytes, maxBytes }: SizeRange, file: Form['file']): Form['file'] {
  const limitBytes = Math.min(maxBytes, maxPutBytes)
  let sizeBytes = 0
  for await (const chunk of file) {
    sizeBytes += chunk.length
    if (sizeBytes <= limitBytes) yield chunk
  }
  if (sizeBytes > limitBytes)
    throw new S3Fault(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', {
      detail: { ProposedSize: String(sizeBytes), MaxSizeAllowed: String(limitBytes) },
    })
  if (sizeBytes < minBytes)
    throw new S3Fault(
      400,
      'EntityTooSmall',
      'Your proposed upload is smaller than the minimum allowed size',
      {
        detail: { ProposedSize: String(sizeBytes), MinSizeAllowed: String(minBytes) },
      },
    )
}

/** As the form wishes; a wish that cannot be read is none. */
function answerTo(
  fields: ReadonlyMap<string, string>,
  headers: Readonly<Record<string, string>>,
  { bucket, key }: { readonly bucket: string; readonly key: string },
): Answer {
  const { etag = '', location = '' } = headers
  const target = fields.get('success_action_redirect') ?? fields.get('redirect') ?? ''
  if (/^https?:/i.test(target) && URL.canParse(target)) {
    const url = new URL(target)
    for (const [name, value] of Object.entries({ bucket, key, etag })) url.searchParams.append(name, value)
    return emptyAnswer(303, { ...headers, location: url.href })
  }
  const status = fields.get('success_action_status')
  if (status === '200') return emptyAnswer(200, headers)
  if (status !== '201') return emptyAnswer(204, headers)
  return {
    status: 201,
    headers: { ...headers, 'content-type': 'application/xml' },
    body: plainXmlDocument('PostResponse', [
      ['Location', location],
      ['Bucket', bucket],
      ['Key', key],
      ['ETag', etag],
    ]),
  }
}
