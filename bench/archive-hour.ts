/** Archives the hour that is described on the command line, as the function does, and says what it took. */
import { archiveHour } from '../lib/channels/archive/archive-hour.ts'
import { archivePorts } from '../lib/channels/archive/store.ts'
import { s3Client } from '../lib/platform/aws/clients.ts'

const [, , mediaBucket = '', hour = ''] = process.argv
const ports = archivePorts({ s3: s3Client(), table: 'none', mediaBucket })
const counts = { gets: 0, puts: 0, heads: 0 }
const start = performance.now()
const outcome = await archiveHour(
  {
    object(key) {
      counts.gets++
      return ports.object(key)
    },
    has(key) {
      counts.heads++
      return ports.has(key)
    },
    putOnce(...object) {
      counts.puts++
      return ports.putOnce(...object)
    },
    putStream: (...stream) => ports.putStream(...stream),
  },
  JSON.parse(hour) as Parameters<typeof archiveHour>[1],
)
console.log(JSON.stringify({ outcome, counts, wallMs: performance.now() - start }))
