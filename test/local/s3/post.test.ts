import { GetObjectCommand, GetObjectTaggingCommand, HeadObjectCommand } from '@aws-sdk/client-s3'
import { beforeEach, describe, expect, it } from 'vitest'
import { createCredentials, identifySigner } from '../../../local/gateway/index.ts'
import { AwsFault, type Caller } from '../../../local/service.ts'
import { eventually, fault, openS3 } from './harness.ts'
import { type FormWish, formOf, signedFields } from './signed-form.ts'

const Bucket = 'some-films'
const credentials = createCredentials()
const uploader = credentials.forRole('UploaderRole')
let asked: { readonly caller: Caller; readonly action: string }[] = []

const test = await openS3(
  [
    {
      name: Bucket,
      versioned: true,
      cors: [{ allowedOrigins: ['*'], allowedMethods: ['POST'] }],
      notifications: [
        { target: 'queue', arn: 'arn:aws:sqs:us-east-1:000000000000:q', events: ['s3:ObjectCreated:*'] },
      ],
    },
  ],
  {
    identifySigner: (form) => identifySigner(form, credentials),
    authorize: (caller, action) => {
      asked.push({ caller, action })
      if (caller.kind === 'anonymous') throw new AwsFault('AccessDenied', 'Access Denied', 403)
    },
  },
)
beforeEach(() => {
  asked = []
})

const post = (body: RequestInit['body'], init: RequestInit = {}) =>
  fetch(`${test.endpoint}/${Bucket}`, { method: 'POST', body, redirect: 'manual', ...init })
const send = (wish: FormWish, file = 'moving pictures', filename?: string) =>
  post(formOf(signedFields(wish), file, filename))
const read = async (Key: string) =>
  (await test.client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()

/** The fault of an answer, as S3 words it. */
async function faultOf(answer: Promise<Response>): Promise<string> {
  const response = await answer
  const [, code, message] = /<Code>(.*?)<\/Code><Message>(.*?)<\/Message>/s.exec(await response.text()) ?? []
  return `${response.status} ${code}: ${message?.replaceAll('&quot;', '"')}`
}

const toKey = (key: string) => [{ key }]

describe('a form posted with a signed policy', () => {
  it('becomes an object, with the headers, metadata and tags of its fields', async () => {
    const tagging = '<Tagging><TagSet><Tag><Key>by</Key><Value>a form</Value></Tag></TagSet></Tagging>'
    const fields = {
      key: 'vod/ä b.mp4',
      'Content-Type': 'video/mp4',
      'Cache-Control': 'no-store',
      'x-amz-meta-title': 'a title',
      'x-amz-server-side-encryption': 'AES256',
      tagging,
    }
    const response = await send({
      fields,
      conditions: Object.entries(fields).map(([name, value]) => ['eq', `$${name}`, value]),
    })
    expect([response.status, await response.text()]).toEqual([204, ''])
    expect(response.headers.get('location')).toBe(`${test.endpoint}/${Bucket}/vod/%C3%A4%20b.mp4`)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    const Key = fields.key
    const head = await test.client.send(new HeadObjectCommand({ Bucket, Key }))
    expect(head).toMatchObject({
      ContentType: 'video/mp4',
      CacheControl: 'no-store',
      Metadata: { title: 'a title' },
      ServerSideEncryption: 'AES256',
      ETag: response.headers.get('etag'),
      VersionId: response.headers.get('x-amz-version-id'),
    })
    expect((await test.client.send(new GetObjectTaggingCommand({ Bucket, Key }))).TagSet).toEqual([
      { Key: 'by', Value: 'a form' },
    ])
    expect(await read(Key)).toBe('moving pictures')
    const event = await eventually(() =>
      test.events.find(({ record }) => record.s3.object.key === 'vod/%C3%A4+b.mp4'),
    )
    expect(event.record).toMatchObject({ eventName: 'ObjectCreated:Post', s3: { object: { size: 15 } } })
  })

  it('is answered as it wishes: a status, a document, or the way to another page', async () => {
    const wish = (fields: Record<string, string>) =>
      send({ fields: { key: 'k', ...fields }, conditions: [{ key: 'k', ...fields }] })
    expect((await wish({ success_action_status: '200' })).status).toBe(200)
    expect((await wish({ success_action_status: '404' })).status).toBe(204)
    const created = await wish({ success_action_status: '201' })
    expect(created.status).toBe(201)
    expect(await created.text()).toContain(
      `<PostResponse><Location>${test.endpoint}/${Bucket}/k</Location><Bucket>${Bucket}</Bucket><Key>k</Key><ETag>`,
    )
    for (const name of ['success_action_redirect', 'redirect']) {
      const away = await wish({ [name]: 'https://tv.example.com/done?a=b' })
      const etag = encodeURIComponent(away.headers.get('etag') ?? '')
      expect(away.status).toBe(303)
      expect(away.headers.get('location')).toBe(
        `https://tv.example.com/done?a=b&bucket=${Bucket}&key=k&etag=${etag}`,
      )
    }
    expect((await wish({ success_action_redirect: 'nowhere' })).status).toBe(204)
  })

  it('is stored under the name its file has, without the folders a browser may put before it', async () => {
    const wish = { fields: { key: 'vod/${filename}' }, conditions: [['starts-with', '$key', 'vod/']] }
    for (const [filename, key] of [
      ['a film.mp4', 'vod/a film.mp4'],
      ['C:\\fakepath\\b.mp4', 'vod/b.mp4'],
      ['some/where/c"d.mp4', 'vod/c"d.mp4'],
      ['$&.mp4', 'vod/$&.mp4'],
    ] as const) {
      expect((await send(wish, filename, filename)).status).toBe(204)
      expect(await read(key)).toBe(filename)
    }
    // The condition is about the name that comes of it.
    expect(await faultOf(send({ ...wish, conditions: [['eq', '$key', 'vod/${filename}']] }))).toBe(
      '403 AccessDenied: Invalid according to Policy: Policy Condition failed: ["eq", "$key", "vod/${filename}"]',
    )
  })

  it('may come from a page of another origin, which reads the answer', async () => {
    const body = formOf(signedFields({ fields: { key: 'k' }, conditions: toKey('k') }), 'x')
    const response = await post(body, { headers: { origin: 'https://tv.example.com' } })
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
  })
})

describe('the policy of a form', () => {
  const at = (conditions: readonly unknown[], fields: Record<string, string> = {}) =>
    faultOf(send({ fields: { key: 'vod/a.mp4', ...fields }, conditions }))
  const against = (what: string) => `403 AccessDenied: Invalid according to Policy: ${what}`

  it('ends', async () => {
    const wish = { fields: { key: 'k' }, conditions: toKey('k'), expiration: '2020-01-01T00:00:00.000Z' }
    expect(await faultOf(send(wish))).toBe(against('Policy expired.'))
  })

  it('says what bucket, key and fields may be, and which there are', async () => {
    const any = ['starts-with', '$key', '']
    expect(await at([{ bucket: 'other' }, any])).toBe(
      against('Policy Condition failed: ["eq", "$bucket", "other"]'),
    )
    expect(await at([['eq', '$KEY', 'vod/b.mp4']])).toBe(
      against('Policy Condition failed: ["eq", "$KEY", "vod/b.mp4"]'),
    )
    expect(await at([['starts-with', '$key', 'ads/']])).toBe(
      against('Policy Condition failed: ["starts-with", "$key", "ads/"]'),
    )
    expect(await at([any, ['starts-with', '$Content-Type', '']])).toBe(
      against('Policy Condition failed: ["starts-with", "$Content-Type", ""]'),
    )
    expect(await at([any], { 'x-amz-meta-a': '1', Expires: '2' })).toBe(
      against('Extra input fields: x-amz-meta-a, expires'),
    )
    const types = [any, ['starts-with', '$Content-Type', 'video/']]
    expect(await at(types, { 'content-type': 'video/mp4, text/html' })).toBe(
      against('Policy Condition failed: ["starts-with", "$Content-Type", "video/"]'),
    )
    const good = { 'content-type': 'video/mp4,video/webm', 'x-ignore-me': 'anything' }
    expect(
      (await send({ fields: { key: 'k', ...good }, conditions: [...types, { bucket: Bucket }] })).status,
    ).toBe(204)
  })

  it('says how large the file may be, to the byte', async () => {
    const sized = (sizeBytes: number) =>
      send(
        { fields: { key: 'sized' }, conditions: [{ key: 'sized' }, ['content-length-range', 3, 70_000]] },
        'x'.repeat(sizeBytes),
      )
    expect((await sized(3)).status).toBe(204)
    expect((await sized(70_000)).status).toBe(204)
    expect(await (await sized(2)).text()).toMatch(
      /EntityTooSmall.*<ProposedSize>2<\/ProposedSize><MinSizeAllowed>3</,
    )
    expect(await (await sized(200_001)).text()).toMatch(
      /<Code>EntityTooLarge<\/Code><Message>Your proposed upload exceeds the maximum allowed size<\/Message><ProposedSize>200001<\/ProposedSize><MaxSizeAllowed>70000</,
    )
    expect((await read('sized'))?.length).toBe(70_000)
  })

  it('is refused where it is none', async () => {
    const fields = signedFields({ fields: { key: 'k' }, conditions: [] })
    const of = (policy: unknown) => {
      const text = typeof policy === 'string' ? policy : JSON.stringify(policy)
      return faultOf(post(formOf({ ...fields, policy: Buffer.from(text).toString('base64') }, 'x')))
    }
    const expiration = '2099-01-01T00:00:00Z'
    for (const policy of [
      '{"expiration',
      'null',
      '[]',
      { conditions: [] },
      { expiration },
      { expiration: 'tomorrow', conditions: [] },
      { expiration, conditions: ['key'] },
      { expiration, conditions: [{ key: 1 }] },
      { expiration, conditions: [['is', '$key', 'k']] },
      { expiration, conditions: [['eq', 'key', 'k']] },
      { expiration, conditions: [['eq', '$key']] },
      { expiration, conditions: [['content-length-range', 2, 1]] },
      { expiration, conditions: [['content-length-range', '1', '2']] },
    ])
      expect(await of(policy), JSON.stringify(policy)).toMatch(/^400 InvalidPolicyDocument: Invalid Policy: /)
  })
})

describe('who signed a form', () => {
  const wish = { fields: { key: 'vod/a.mp4' }, conditions: toKey('vod/a.mp4') }

  it('is who asks to put the object', async () => {
    expect((await send({ ...wish, keys: uploader })).status).toBe(204)
    const caller = { kind: 'role', role: 'UploaderRole' }
    expect(asked).toEqual([{ caller, action: 's3:PutObject' }])
    asked = []
    expect((await send(wish)).status).toBe(204)
    expect(asked).toEqual([{ caller: { kind: 'person' }, action: 's3:PutObject' }])
  })

  it('is held to the signature over the policy, and to the session token', async () => {
    const fields = signedFields({ ...wish, keys: uploader })
    const other = signedFields({ ...wish, keys: uploader, expiration: '2098-01-01T00:00:00Z' })
    const said = (changed: Record<string, string>) => faultOf(post(formOf({ ...fields, ...changed }, 'x')))
    expect(await said({ policy: other['policy'] ?? '' })).toMatch(/^403 SignatureDoesNotMatch/)
    expect(await said({ 'x-amz-signature': 'no hex' })).toMatch(/^403 SignatureDoesNotMatch/)
    expect(await said({ 'x-amz-date': '20261202T000000Z' })).toMatch(/^403 SignatureDoesNotMatch/)
    expect(await said({ 'x-amz-security-token': 'other' })).toMatch(/^400 InvalidToken/)
    expect(await said({ 'x-amz-algorithm': 'AWS4-HMAC-SHA1' })).toMatch(
      /^400 AuthorizationQueryParametersError/,
    )
    expect(await said({ 'x-amz-credential': 'any' })).toMatch(/^400 AuthorizationHeaderMalformed/)
    expect(asked).toEqual([])
  })

  it('is nobody without a policy, and not said by half a signature or one of version 2', async () => {
    expect(await faultOf(post(formOf({ key: 'k' }, 'x')))).toBe('403 AccessDenied: Access Denied')
    const { policy = '', ...unsigned } = signedFields(wish)
    expect(await faultOf(post(formOf(unsigned, 'x')))).toBe(
      "400 InvalidArgument: Bucket POST must contain a field named 'policy'.  If it is specified, please check the order of the fields.",
    )
    expect(await faultOf(post(formOf({ key: 'k', policy }, 'x')))).toMatch(/field named 'x-amz-algorithm'/)
    expect(
      await faultOf(post(formOf({ key: 'k', AWSAccessKeyId: 'any', policy, signature: 'c2ln' }, 'x'))),
    ).toBe(
      '400 InvalidRequest: The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
    )
  })
})

describe('a form', () => {
  const fields = () => signedFields({ fields: { key: 'k' }, conditions: toKey('k') })

  it('has its file last: what follows is passed over, a second file refused', async () => {
    const form = formOf(fields(), 'the file')
    form.append('x-amz-meta-late', 'never read')
    expect((await post(form)).status).toBe(204)
    expect(await test.client.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).toMatchObject({
      Metadata: {},
    })
    form.append('file', new File(['again'], 'b.mp4'))
    expect(await faultOf(post(form))).toBe(
      '400 InvalidArgument: POST requires exactly one file upload per request.',
    )
    const late = formOf({}, 'the file')
    for (const [name, value] of Object.entries(fields())) late.append(name, value)
    expect(await faultOf(post(late))).toMatch(
      /^400 InvalidArgument: Bucket POST must contain a field named 'key'/,
    )
    const none = new FormData()
    none.append('key', 'k')
    expect(await faultOf(post(none))).toMatch(/^400 InvalidArgument: POST requires exactly one file/)
  })

  it('is refused where it is no form, does not end, or says too much before its file', async () => {
    expect(
      await faultOf(post('key=k', { headers: { 'content-type': 'application/x-www-form-urlencoded' } })),
    ).toMatch(/^412 PreconditionFailed/)
    const typed = (body: string) =>
      faultOf(post(body, { headers: { 'content-type': 'multipart/form-data; boundary=b' } }))
    const malformed = /^400 MalformedPOSTRequest/
    expect(await typed('')).toMatch(malformed)
    expect(await typed('--b\r\nno disposition\r\n\r\nk\r\n--b--')).toMatch(malformed)
    expect(await typed('--b\r\ncontent-disposition: form-data; name="key"\r\n\r\nk\r\n--bb--')).toMatch(
      malformed,
    )
    const whole = Buffer.from(await new Response(formOf(fields(), 'x'.repeat(100))).arrayBuffer())
    const boundary = whole.toString('latin1', 2, whole.indexOf('\r\n'))
    const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` }
    expect(await faultOf(post(whole.subarray(0, -20), { headers }))).toMatch(malformed)
    expect((await post(whole, { headers })).status).toBe(204)
    expect(await faultOf(post(formOf({ ...fields(), 'x-ignore-me': 'x'.repeat(20_000) }, 'x')))).toMatch(
      /^400 MaxPostPreDataLengthExceeded/,
    )
  })

  it('keeps what it promises of its file, and brings no list of rights', async () => {
    const promise = (more: Record<string, string>) =>
      faultOf(send({ fields: { key: 'promised', ...more }, conditions: [{ key: 'promised', ...more }] }))
    expect(await promise({ 'x-amz-checksum-crc32': 'AAAAAA==' })).toMatch(/^400 BadDigest/)
    expect(await promise({ acl: 'private' })).toMatch(/^400 AccessControlListNotSupported/)
    expect((await fault(test.client.send(new HeadObjectCommand({ Bucket, Key: 'promised' })))).status).toBe(
      404,
    )
  })
})
