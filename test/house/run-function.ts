/** Runs a function that a schedule runs, with its own rights. */
import { signedHeaders } from '../../lib/platform/aws/sigv4.ts'
import type { InProcess } from './in-process.ts'

/** Runs the one whose name has this part; throws what it says where it fails. */
export async function runFunction({ cloud, outputs }: InProcess, part: string): Promise<void> {
  const name = Object.keys(cloud.functions()).find((one) => one.includes(part)) ?? ''
  const url = new URL(`/2015-03-31/functions/${name}/invocations`, outputs['AwsEndpoint'])
  const body = '{}'
  const { host: _, ...headers } = signedHeaders(
    { method: 'POST', host: url.host, path: url.pathname, query: '', headers: {}, body },
    {
      service: 'lambda',
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      nowMs: Date.now(),
    },
  )
  const response = await fetch(url, { method: 'POST', headers, body })
  const text = await response.text()
  if (!response.ok || response.headers.has('x-amz-function-error')) throw new Error(`${name}: ${text}`)
}
