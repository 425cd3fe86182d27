/** The key-value store at the edge as an operator's hand reaches it: emptied as a new one is, and swept. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { keyValues } from '../../../lib/platform/aws/key-values.ts'
import type { InProcess } from '../in-process.ts'

/** Any key that is no role's is the person's at this machine, whose signature is believed. */
const asPerson = {
  authorization: `AWS4-HMAC-SHA256 Credential=mine/20260131/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
  'x-amz-date': '20260131T000000Z',
}

/** Leaves in the store what CloudFormation seeds a new one with, in one write; gives the names that were there. */
export async function replaceEdgeStore({ dataDir, outputs }: InProcess): Promise<readonly string[]> {
  const journal = readFileSync(join(dataDir, 'key-values.jsonl'), 'utf8')
  const [arn = ''] = /arn:aws:cloudfront::\d+:key-value-store\/[\w-]+/.exec(journal) ?? []
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE: outputs['AwsEndpoint'],
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'mine',
    AWS_SECRET_ACCESS_KEY: 'mine',
  })
  const store = keyValues(arn)
  const names: string[] = []
  for await (const [name] of store.list('')) names.push(name)
  const emptied = names.map((name): [string, string | undefined] => [name, undefined])
  await store.change(new Map([...emptied, ['m', 'pending']]))
  return names
}

/** Runs the sweep as its schedule does every five minutes; throws what it says where it fails. */
export async function sweepNow({ cloud, outputs }: InProcess): Promise<void> {
  const name = Object.keys(cloud.functions()).find((one) => /Sweep/.test(one)) ?? ''
  const response = await fetch(`${outputs['AwsEndpoint']}/2015-03-31/functions/${name}/invocations`, {
    method: 'POST',
    headers: asPerson,
    body: '{}',
  })
  const text = await response.text()
  if (!response.ok || response.headers.has('x-amz-function-error')) throw new Error(`${name}: ${text}`)
}
