/** SQS's words as types: a message as it is kept, its attributes. */

/** A message attribute as it is sent; binary values in base64. */
export interface MessageAttribute {
  readonly DataType: string
  readonly StringValue?: string
  readonly BinaryValue?: string
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>

/** What a message is made of when it is sent. */
export interface NewMessage {
  readonly body: string
  readonly attributes: MessageAttributes
  /** X-Ray's header, the one system attribute a sender may set. */
  readonly traceHeader?: string
  readonly delaySeconds?: number
  readonly groupId?: string
  readonly deduplicationId?: string
}

/** A message as it is kept on disk. */
export interface Message {
  readonly id: string
  readonly body: string
  readonly attributes: MessageAttributes
  readonly traceHeader?: string
  readonly senderId: string
  /** Order of arrival; what FIFO queues call the sequence number. */
  readonly sequence: number
  readonly sentAtMs: number
  /** Not given out before. */
  readonly delayedUntilMs: number
  readonly receiveCount: number
  readonly firstReceivedAtMs?: number
  readonly groupId?: string
  readonly deduplicationId?: string
  /** The queue it failed in, on a dead-letter queue. */
  readonly deadLetterSourceArn?: string
}

/** A message given out. */
export interface Received {
  readonly message: Message
  readonly receiptHandle: string
}
