/** Requests to hosts that others name: they reach the public internet and nothing else. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { outbound } from '../../lib/platform/http/outbound.ts'
import { isPublicAddress } from '../../lib/platform/http/public-address.ts'

let server: Server
let port: number
const seen: string[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (response.socket?.destroyed) return
      seen.push(`${request.method} ${request.headers.host} ${Buffer.concat(chunks).toString()}`)
      if (request.url === '/moved')
        return response.writeHead(302, { location: 'http://169.254.169.254/' }).end()
      if (request.url === '/empty') return response.writeHead(204).end()
      if (request.url === '/never') return
      response.writeHead(200, { 'content-type': 'text/plain', 'x-two': ['a', 'b'] }).end('here')
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const get = { method: 'GET', headers: {}, signal: AbortSignal.timeout(60_000) } as const

describe('an address', () => {
  it.each(['8.8.8.8', '192.0.1.1', '172.32.0.1', '2606:4700::1111', '2a00:1450:4001::1'])(
    '%s is public',
    (address) => expect(isPublicAddress(address)).toBe(true),
  )

  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '169.254.170.2',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '198.19.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:8.8.8.8',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '2001:db8::1',
    '2001::1',
    '2002:7f00:1::',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'ff02::1',
    '',
    'localhost',
  ])('%s is not', (address) => expect(isPublicAddress(address)).toBe(false))
})

describe('a request to a host that others name', () => {
  it.each([
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::1]/',
    'https://[::ffff:7f00:1]/',
    'https://169.254.169.254/latest/meta-data/',
    'https://localhost/',
  ])('is not sent to %s', async (url) => {
    await expect(outbound()(new URL(url), get)).rejects.toMatchObject({
      code: 'OUTBOUND_ADDRESS',
      status: 403,
    })
  })

  it.each(['http://example.com/', 'file:///etc/passwd', 'https://name:word@example.com/'])(
    'has https and no credentials: not %s',
    async (url) => {
      const send = outbound({ resolve: () => expect.fail('looked up') })
      const refused = await send(new URL(url), get).catch((error: unknown) => error)
      expect(refused).toMatchObject({ code: 'OUTBOUND_URL' })
      expect(String(refused)).not.toContain('word')
    },
  )

  it('is not sent where one of several addresses is not public, or there is none', async () => {
    const mixed = [
      { address: '8.8.8.8', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ]
    for (const found of [mixed, []])
      await expect(
        outbound({ resolve: () => Promise.resolve(found) })(new URL('https://mixed.example/'), get),
      ).rejects.toMatchObject({ code: 'OUTBOUND_ADDRESS' })
  })

  it('goes to the address that was checked, whatever the name leads to the next moment', async () => {
    let asked = 0
    const send = outbound({
      allowLoopback: true,
      resolve: () => Promise.resolve([{ address: asked++ === 0 ? '127.0.0.1' : '10.0.0.1', family: 4 }]),
    })
    const response = await send(new URL(`http://rebound.example:${port}/`), get)
    expect(await response.text()).toBe('here')
    expect(asked).toBe(1)
    expect(seen.at(-1)).toBe(`GET rebound.example:${port} `)
    await expect(send(new URL(`http://rebound.example:${port}/`), get)).rejects.toMatchObject({
      code: 'OUTBOUND_ADDRESS',
    })
  })

  it('brings what was answered: body, headers, redirects as they are, and nothing', async () => {
    const send = outbound({ allowLoopback: true })
    const at = (path: string) => new URL(`http://127.0.0.1:${port}${path}`)
    const post = { ...get, method: 'POST', body: Buffer.from('challenge') } as const
    const response = await send(at('/'), post)
    expect([response.status, response.headers.get('x-two'), await response.text()]).toEqual([
      200,
      'a, b',
      'here',
    ])
    expect(seen.at(-1)).toContain('challenge')
    const moved = await send(at('/moved'), get)
    expect([moved.status, moved.headers.get('location')]).toEqual([302, 'http://169.254.169.254/'])
    expect((await send(at('/empty'), get)).status).toBe(204)
  })

  it('is sent again where a connection that was kept open is closed at the other end', async () => {
    const send = outbound({ allowLoopback: true })
    const at = new URL(`http://127.0.0.1:${port}/`)
    const ports: (number | undefined)[] = []
    const note = (request: { readonly socket: { readonly remotePort?: number | undefined } }) =>
      ports.push(request.socket.remotePort)
    server.on('request', note)
    for (let turn = 0; turn < 2; turn++) await (await send(at, get)).text()
    expect(ports[1]).toBe(ports[0])
    server.once('request', ({ socket }) => socket.resetAndDestroy())
    const again = await send(at, { ...get, method: 'POST', body: Buffer.from('once more') })
    expect(await again.text()).toBe('here')
    expect(ports.at(-1)).not.toBe(ports[0])
    server.off('request', note)
  })

  it('ends when its signal says so, also while a name is looked up', async () => {
    const late = outbound({ resolve: () => new Promise(() => undefined) })
    const asked = late(new URL('https://slow.example/'), { ...get, signal: AbortSignal.timeout(1) })
    await expect(asked).rejects.toMatchObject({ name: 'TimeoutError' })
    const ending = new AbortController()
    const sent = outbound({ allowLoopback: true })(new URL(`http://127.0.0.1:${port}/never`), {
      ...get,
      signal: ending.signal,
    })
    await new Promise<void>((done) => server.once('request', () => done()))
    ending.abort()
    await expect(sent).rejects.toThrow('abort')
  })
})
