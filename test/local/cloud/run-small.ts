/** The small stack in a process of its own, so that a test can kill it: `run-small.ts <assembly> <data dir>`. */
import { startCloud } from '../../../local/cloud.ts'

const [assemblyDir = '', dataDir = ''] = process.argv.slice(2)
const cloud = await startCloud({ assemblyDir, dataDir, port: 0, say: () => undefined, log: () => undefined })
console.log(JSON.stringify(cloud.outputs))
