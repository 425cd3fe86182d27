/** How events leave S3 and Lambda for a queue or a function, each as the part of the cloud it comes from. */
import type { Deliver, Lambda, Log } from '../lambda/index.ts'
import type { S3ObjectEvent } from '../s3/index.ts'
import { AwsFault } from '../service.ts'
import type { Sqs } from '../sqs/index.ts'
import { s3Caller } from './buckets.ts'

export interface EventRoutes {
  readonly sqs: Sqs
  readonly lambda: Pick<Lambda, 'invokeAsync'>
  readonly log: Log
}

/** Delivers a notification. A target that refuses loses it, as in AWS; a target that fails is asked again. */
export async function deliverNotification(
  { sqs, lambda, log }: EventRoutes,
  event: S3ObjectEvent,
): Promise<void> {
  const { bucket, target, targetArn, record } = event
  const body = JSON.stringify({ Records: [record] })
  try {
    if (target === 'function') await lambda.invokeAsync(targetArn, body, { caller: s3Caller(bucket) })
    else await sqs.send(targetArn, body, s3Caller(bucket))
  } catch (error) {
    if (!(error instanceof AwsFault) || error.status >= 500) throw error
    const message = `notification of ${record.eventName} ${record.s3.object.key} lost: ${error.message}`
    log({ time: new Date().toISOString(), level: 'ERROR', source: `s3/${bucket}`, message })
  }
}

/** Sends what a function gave up, or a mapping did, to its queue. */
export function deliverToQueue(sqs: Sqs): Deliver {
  return (arn, { body }, caller) => sqs.send(arn, body, caller)
}
