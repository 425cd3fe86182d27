/** Licence servers of the tests' own: each speaks one system's HTTP, and keeps what it was sent. */
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface LicenceServer {
  readonly url: string
  readonly received: readonly Received[]
  /** How the next requests are answered; by default as the system of the path does. */
  behave(how: Behaviour): void
  close(): Promise<void>
}

export type Behaviour = 'well' | 'broken' | 'silent' | 'redirect' | 'huge'

/** Every byte there is, so that whoever takes a body for text is found out. */
export const everyByte = Buffer.from(Array.from({ length: 512 }, (_, i) => i % 256))
/** A SignedMessage of a LICENSE, as bytes. */
const widevineLicence = Buffer.concat([Buffer.from([0x08, 0x02, 0x12, 0x80, 0x04]), everyByte])
const playReadyLicence =
  '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">' +
  '<soap:Body><AcquireLicenseResponse xmlns="http://schemas.microsoft.com/DRM/2007/03/protocols"/></soap:Body></soap:Envelope>'
const playReadyFault = playReadyLicence.replace('AcquireLicenseResponse', 'soap:Fault')
const answers = {
  '/widevine': { type: 'application/octet-stream', body: widevineLicence },
  '/playready': { type: 'text/xml; charset=utf-8', body: Buffer.from(playReadyLicence) },
  '/fairplay': { type: 'text/plain', body: Buffer.from(`<ckc>${everyByte.toString('base64')}</ckc>`) },
  '/plain': { type: 'application/octet-stream', body: Buffer.from('LICENCE') },
  '/page': { type: 'text/html; charset=utf-8', body: Buffer.from('<script>alert(1)</script>') },
  '/refuses': { type: 'text/xml; charset=utf-8', body: Buffer.from(playReadyFault), status: 500 },
} as const

export const licenceOf = (path: keyof typeof answers): Buffer => answers[path].body

export async function startLicenceServer(): Promise<LicenceServer> {
  let behaviour: Behaviour = 'well'
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const path = request.url ?? ''
      received.push({ path, headers: request.headers, body: Buffer.concat(chunks) })
      const known = answers[path as keyof typeof answers]
      switch (behaviour) {
        case 'silent':
          return
        case 'broken':
          response.writeHead(503).end()
          return
        case 'redirect':
          response.writeHead(307, { location: 'http://127.0.0.1:9/elsewhere' }).end()
          return
        case 'huge':
          response.writeHead(200).end(Buffer.alloc(2 * 1024 * 1024))
          return
        case 'well':
          response.writeHead('status' in known ? known.status : 200, { 'content-type': known.type })
          response.end(known.body)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    behave(how) {
      behaviour = how
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
