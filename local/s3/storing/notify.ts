/** How events leave S3 for a queue or a function. */
import { AwsFault } from '../../service.ts'
import { deliver, type ServiceContext } from '../../service-module.ts'
import { s3Caller } from '../bucket-options.ts'
import { busEvent } from '../bus-event.ts'
import type { S3ObjectEvent } from '../model.ts'

/**
 * Delivers a notification. A target that refuses loses it, as in AWS; a target that fails is asked again. What is for
 * EventBridge is told until it is there to hear it.
 */
export async function deliverNotification(context: ServiceContext, event: S3ObjectEvent): Promise<void> {
  const { bucket, target, targetArn, record } = event
  if (target === 'event-bridge')
    return deliver(context, {
      arn: targetArn,
      body: JSON.stringify(busEvent(event)),
      caller: s3Caller(bucket),
    })
  const body = JSON.stringify({ Records: [record] })
  try {
    await deliver(context, { arn: targetArn, body, caller: s3Caller(bucket) })
  } catch (error) {
    if (!(error instanceof AwsFault) || error.status >= 500) throw error
    const message = `notification of ${record.eventName} ${record.s3.object.key} lost: ${error.message}`
    context.log({ time: new Date().toISOString(), level: 'ERROR', source: `s3/${bucket}`, message })
  }
}
