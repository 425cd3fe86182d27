/** Sends messages to queues without the SDK. */
import { jsonCall } from './json-call.ts'

/** Sends a message to the queue of a URL, in the function's region. */
export async function sendMessage(QueueUrl: string, MessageBody: string): Promise<void> {
  await jsonCall({ service: 'sqs', action: 'SendMessage' }, { QueueUrl, MessageBody })
}
