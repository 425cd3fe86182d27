/** The key-value store at the edge as an operator's hand reaches it: emptied as a new one is, and swept. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CloudFrontKeyValueStoreClient,
  DescribeKeyValueStoreCommand,
  UpdateKeysCommand,
} from '@aws-sdk/client-cloudfront-keyvaluestore'
// The store takes SigV4A only; the SDK finds the signer once this is loaded.
// oxlint-disable-next-line import/no-unassigned-import
import '@aws-sdk/signature-v4a'
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

/** Entries until more than 4 MB of the store are taken; the environment says where AWS is. */
export async function fillEdgeStore({ outputs }: InProcess): Promise<void> {
  // Not by our own client, which would read each of four thousand entries before it writes it.
  const client = new CloudFrontKeyValueStoreClient({})
  const { endpointProvider } = client.config
  // The client would put the account in front of the endpoint's host.
  client.config.endpointProvider = ({ Endpoint, ...others }, context) => ({
    ...endpointProvider(others, context),
    url: new URL(Endpoint ?? ''),
  })
  const KvsARN = outputs['SessionStore']
  let { ETag: IfMatch } = await client.send(new DescribeKeyValueStoreCommand({ KvsARN }))
  for (let i = 0; i < 84; i++) {
    const Puts = Array.from({ length: 50 }, (_, n) => ({ Key: `r.fill-${i}-${n}`, Value: 'x'.repeat(1000) }))
    IfMatch = (await client.send(new UpdateKeysCommand({ KvsARN, IfMatch, Puts }))).ETag
  }
  client.destroy()
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
