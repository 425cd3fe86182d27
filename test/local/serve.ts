/** A service of the local cloud behind a bare HTTP server, as the gateway would have it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AwsService, Caller } from '../../local/service.ts'

export interface Served {
  readonly endpoint: string
  close(): Promise<void>
}

/** Serves on a free port of 127.0.0.1; every request comes from `caller`, at first the person. */
export async function serve(service: AwsService, caller: Caller = { kind: 'person' }): Promise<Served> {
  const server = createServer((request, response) => {
    void service.handle(request, response, caller)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

/** What every SDK client of a test is made with. */
export const clientOf = (endpoint: string) => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 1,
})

/** An empty directory, and how to remove it. */
export async function scratch(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'headend-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

/** Lets everybody do everything. */
export const allow = (): void => undefined
