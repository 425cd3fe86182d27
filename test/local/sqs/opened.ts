/** A local SQS, served, and a client of it. */

import { join } from 'node:path'
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { createSqs, type Sqs, type SqsOptions } from '../../../local/sqs/index.ts'
import { allow, clientOf, scratch, serve } from '../serve.ts'

export interface Opened {
  readonly sqs: Sqs
  readonly client: SQSClient
  /** Makes a queue and answers its URL. */
  queue(name: string, attributes?: Readonly<Record<string, string>>): Promise<string>
  attributes(url: string): Promise<Readonly<Record<string, string>>>
  close(): Promise<void>
}

export async function openSqs(options: Partial<SqsOptions> = {}): Promise<Opened> {
  const directory = await scratch()
  let endpoint = ''
  const sqs = await createSqs({
    path: join(directory.path, 'sqs.jsonl'),
    endpoint: () => endpoint,
    authorize: allow,
    ...options,
  })
  const served = await serve(sqs)
  endpoint = served.endpoint
  const client = new SQSClient(clientOf(served.endpoint))
  return {
    sqs,
    client,
    async queue(name, Attributes = {}) {
      const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName: name, Attributes }))
      return QueueUrl
    },
    async attributes(QueueUrl) {
      const { Attributes = {} } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
      )
      return Attributes
    },
    async close() {
      client.destroy()
      await sqs.close()
      await served.close()
      await directory.remove()
    },
  }
}
