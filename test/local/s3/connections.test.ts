import { readdirSync } from 'node:fs'
import { Agent, request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { eventually, fault, openS3 } from './harness.ts'

const Bucket = 'films'
const MiB = 1024 * 1024
const test = await openS3([{ name: Bucket }])

const blobs = () => readdirSync(join(test.dir, 'blobs')).length

describe('a client that goes away', () => {
  it('in the middle of an upload leaves nothing behind', async () => {
    const headers = { 'content-length': 10 * MiB }
    const request = httpRequest(`${test.endpoint}/${Bucket}/cut`, { method: 'PUT', headers })
    request.on('error', () => {})
    request.write(Buffer.alloc(MiB))
    await eventually(() => blobs() === 1)
    request.destroy()
    await eventually(() => blobs() === 0)
    const { name } = await fault(test.client.send(new GetObjectCommand({ Bucket, Key: 'cut' })))
    expect(name).toBe('NoSuchKey')
  })

  it('in the middle of a download lets go of the bytes', async () => {
    await test.client.send(new PutObjectCommand({ Bucket, Key: 'long', Body: Buffer.alloc(64 * MiB) }))
    const request = httpRequest(`${test.endpoint}/${Bucket}/long`, (response) => {
      response.once('data', () => request.destroy())
    })
    request.on('error', () => {})
    const closed = new Promise((resolve) => {
      request.on('close', resolve)
    })
    request.end()
    await closed
    await test.client.send(new DeleteObjectCommand({ Bucket, Key: 'long' }))
    await eventually(() => blobs() === 0)
  })
})

describe('a refused upload', () => {
  it('is read to its end, so that the client gets the answer', async () => {
    const Body = Buffer.alloc(32 * MiB)
    const put = test.client.send(new PutObjectCommand({ Bucket: 'no-bucket', Key: 'x', Body }))
    expect(await fault(put)).toEqual({ name: 'NoSuchBucket', status: 404 })
  })

  it('in its middle leaves the connection good for the next request', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const send = (method: string, path: string, body: Buffer) =>
      new Promise<string>((resolve, reject) => {
        const headers =
          method === 'PUT' ? { 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' } : {}
        const more =
          method === 'PUT' ? { 'x-amz-decoded-content-length': 5, 'content-length': body.length } : {}
        const options = { method, agent, headers: { ...headers, ...more } }
        const request = httpRequest(test.endpoint + path, options, (response) => {
          const port = response.socket.localPort
          response.resume()
          response.on('end', () => resolve(`${response.statusCode} ${port}`))
        })
        request.on('error', reject)
        request.end(body)
      })
    const framed = Buffer.concat([
      Buffer.from('1000000\r\n'),
      Buffer.alloc(16 * MiB),
      Buffer.from('\r\n0\r\n\r\n'),
    ])
    const [first, second] = [
      await send('PUT', `/${Bucket}/x`, framed),
      await send('GET', '/', Buffer.alloc(0)),
    ]
    expect([first.slice(0, 3), second.slice(0, 3)]).toEqual(['400', '200'])
    expect(second.slice(4)).toBe(first.slice(4))
    agent.destroy()
  })
})
