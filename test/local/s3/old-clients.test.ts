/** What clients meet that sign, address or set rights in ways AWS has given up, or always had beside path style. */
import { request as httpRequest } from 'node:http'
import { text } from 'node:stream/consumers'
import {
  GetBucketAclCommand,
  GetBucketOwnershipControlsCommand,
  GetObjectAclCommand,
  PutObjectAclCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { beforeEach, describe, expect, it } from 'vitest'
import { AwsFault } from '../../../local/service.ts'
import { fault, openS3 } from './harness.ts'
import { formOf, signedFields } from './signed-form.ts'

const Bucket = 'some-films'
let asked: string[] = []

const test = await openS3([{ name: Bucket, versioned: true }], {
  authorize: (caller, action) => {
    asked.push(action)
    if (caller.kind === 'anonymous') throw new AwsFault('AccessDenied', 'Access Denied', 403)
  },
})
beforeEach(() => {
  asked = []
})

interface Sent {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** By hand, because `fetch` lets nobody choose the Host header. */
async function send({ method = 'GET', path, headers = {}, body = '' }: Sent) {
  const { hostname, port } = new URL(test.endpoint)
  const request = httpRequest({
    hostname,
    port,
    method,
    path,
    headers: { ...headers, 'content-length': body.length },
  })
  request.end(body)
  const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    request.once('response', resolve).once('error', reject)
  })
  return { status: response.statusCode, text: await text(response) }
}

describe('virtual-hosted addressing', () => {
  it('finds the bucket in the name of the host, here and by the names AWS has', async () => {
    const { port } = new URL(test.endpoint)
    for (const [index, host] of [
      `${Bucket}.localhost:${port}`,
      `${Bucket}.localhost`,
      `${Bucket.toUpperCase()}.LOCALHOST:${port}`,
      `${Bucket}.s3.amazonaws.com`,
      `${Bucket}.s3.us-east-1.amazonaws.com`,
      `${Bucket}.s3.dualstack.us-east-1.amazonaws.com`,
      `${Bucket}.s3-us-west-2.amazonaws.com`,
    ].entries()) {
      const key = `vod/a%20film%2B${index}.mp4`
      expect(await send({ method: 'PUT', path: `/${key}`, headers: { host }, body: host })).toMatchObject({
        status: 200,
      })
      expect(await send({ path: `/${Bucket}/${key}` })).toMatchObject({ status: 200, text: host })
      expect((await send({ path: '/?list-type=2', headers: { host } })).text).toContain(
        `<Name>${Bucket}</Name>`,
      )
    }
  })

  it('keeps the path whole, slashes, dots and names of other buckets included', async () => {
    const headers = { host: `${Bucket}.localhost` }
    for (const path of [`/${Bucket}/a//b/../c`, '//', '/_aws/instance']) {
      await send({ method: 'PUT', path, headers, body: path })
      expect(await send({ path: `/${Bucket}${path}` })).toMatchObject({ status: 200, text: path })
    }
  })

  it('takes every other host for the endpoint itself', async () => {
    for (const host of [
      'localhost',
      's3.localhost:8081',
      '127.0.0.1',
      's3.us-east-1.amazonaws.com',
      'tv.example.com',
    ])
      expect((await send({ path: `/${Bucket}?list-type=2`, headers: { host } })).text).toContain(
        `<Name>${Bucket}</Name>`,
      )
  })

  it('takes a form at the root of the host', async () => {
    const host = `${Bucket}.localhost:8081`
    const wish = { fields: { key: 'form', success_action_status: '201' } }
    const conditions = [{ bucket: Bucket, ...wish.fields }]
    const form = new Response(formOf(signedFields({ ...wish, conditions }), 'by form'))
    const headers = { host, 'content-type': form.headers.get('content-type') ?? '' }
    const answer = await send({ method: 'POST', path: '/', headers, body: await form.text() })
    expect([answer.status, answer.text]).toEqual([
      201,
      expect.stringContaining(`<Location>http://${host}/form</Location>`),
    ])
    expect(await send({ path: `/${Bucket}/form` })).toMatchObject({ status: 200, text: 'by form' })
  })

  it('says of a host without its bucket that there is none', async () => {
    const { status, text: said } = await send({ path: '/k', headers: { host: 'no-such-films.localhost' } })
    expect([status, said]).toEqual([404, expect.stringContaining('<Code>NoSuchBucket</Code>')])
  })
})

describe('a signature of version 2', () => {
  const refusal =
    '<Code>InvalidRequest</Code><Message>The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.</Message>'

  it('is refused with the version to use, in a presigned URL and in a header', async () => {
    const query = 'AWSAccessKeyId=any&Signature=c2lnbmF0dXJl&Expires=1900000000'
    const inQuery = await send({ method: 'PUT', path: `/${Bucket}/k?${query}`, body: 'x' })
    const headers = { authorization: 'AWS any:c2lnbmF0dXJl' }
    for (const { status, text: said } of [
      inQuery,
      await send({ path: `/${Bucket}/k`, headers }),
      await send({ path: '/', headers }),
    ])
      expect([status, said]).toEqual([400, expect.stringContaining(refusal)])
    expect(asked).toEqual([])
  })
})

describe('access control lists', () => {
  it('are read as the full control of the owner', async () => {
    const { VersionId } = await test.client.send(new PutObjectCommand({ Bucket, Key: 'listed', Body: 'x' }))
    const whole = {
      Owner: { ID: '000000000000' },
      Grants: [{ Grantee: { ID: '000000000000', Type: 'CanonicalUser' }, Permission: 'FULL_CONTROL' }],
    }
    asked = []
    expect(await test.client.send(new GetObjectAclCommand({ Bucket, Key: 'listed' }))).toMatchObject(whole)
    expect(
      await test.client.send(new GetObjectAclCommand({ Bucket, Key: 'listed', VersionId })),
    ).toMatchObject(whole)
    expect(await test.client.send(new GetBucketAclCommand({ Bucket }))).toMatchObject(whole)
    expect(await test.client.send(new GetBucketOwnershipControlsCommand({ Bucket }))).toMatchObject({
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    })
    expect(asked).toEqual([
      's3:GetObjectAcl',
      's3:GetObjectVersionAcl',
      's3:GetBucketAcl',
      's3:GetBucketOwnershipControls',
    ])
    expect(await fault(test.client.send(new GetObjectAclCommand({ Bucket, Key: 'nope' })))).toMatchObject({
      name: 'NoSuchKey',
    })
  })

  it('are written by nobody, whether canned, granted by header or put by themselves', async () => {
    const refused = { name: 'AccessControlListNotSupported', status: 400 }
    const { client } = test
    const put = (more: object) =>
      fault(client.send(new PutObjectCommand({ Bucket, Key: 'mine', Body: 'x', ...more })))
    expect(await put({ ACL: 'private' })).toEqual(refused)
    expect(await put({ ACL: 'public-read' })).toEqual(refused)
    expect(await put({ GrantRead: 'uri="http://acs.amazonaws.com/groups/global/AllUsers"' })).toEqual(refused)
    expect(await put({ GrantFullControl: 'id=000000000000' })).toEqual(refused)
    expect(
      await fault(client.send(new PutObjectAclCommand({ Bucket, Key: 'listed', ACL: 'private' }))),
    ).toEqual(refused)
  })

  it('that give the owner full control may come along with an object, and take a right of their own', async () => {
    await test.client.send(
      new PutObjectCommand({ Bucket, Key: 'owned', Body: 'x', ACL: 'bucket-owner-full-control' }),
    )
    expect(asked).toEqual(['s3:PutObject', 's3:PutObjectAcl'])
  })
})
