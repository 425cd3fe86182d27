/** What Lambda hands a function of a queue's messages. */
import type { SQSEvent } from 'aws-lambda'

/** An event with a message of each body, all handed out so often. */
export const queueEvent = (bodies: readonly string[], attempts = 1): SQSEvent => ({
  Records: bodies.map((body, i) => ({
    messageId: `${i}`,
    receiptHandle: '',
    body,
    attributes: {
      ApproximateReceiveCount: String(attempts),
      SentTimestamp: '0',
      SenderId: '',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: '',
    awsRegion: 'us-east-1',
  })),
})
