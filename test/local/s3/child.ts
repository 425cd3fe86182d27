/** A local S3 in a process of its own, to be killed or weighed: `node child.ts <dir> <emit: hang|take>`. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createS3 } from '../../../local/s3/index.ts'

const [dir = '', emit] = process.argv.slice(2)
const s3 = await createS3({
  dir,
  authorize: () => {},
  identifySigner: () => ({ kind: 'person' }),
  emit: () => (emit === 'hang' ? new Promise(() => {}) : Promise.resolve()),
})
const server = createServer((request, response) => void s3.handle(request, response, { kind: 'person' }))
server.listen(0, '127.0.0.1', () => {
  process.send?.({ endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
})
process.on('message', () => {
  process.send?.({ maxRssBytes: process.resourceUsage().maxRSS * 1024 })
})
