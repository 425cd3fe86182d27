/** Invokes a function by the clock: EventBridge Scheduler, as a role that may do nothing else. */
import { type Duration, Stack } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations'
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { HouseFunction } from './function.construct.ts'
import { failureQueue, watchDeadLetters } from './queue.construct.ts'
import type { Watch } from './watch.construct.ts'

/** When, and with what. */
export interface ScheduleOptions {
  /** Of whole minutes; it begins at once. */
  readonly every: Duration
  readonly description: string
  /** What the function is given. @default what Scheduler says of the schedule */
  readonly input?: object
}

/** What a schedule leaves behind. */
export interface Scheduled {
  /** Turns that did not reach the function, and turns it failed. */
  readonly failed: Queue
  readonly watch: Watch
}

/** Scheduler keeps no turn for less; older ones are no use, for the next one is there. */
const maxAgeSeconds = 60
const maxRetries = 3

/**
 * Invokes a function every so often, each turn at least once. A turn that fails is not repeated, the next one does what
 * it left: so what it does must be found anew each time. What did not reach the function, and what failed in it, lies
 * in one queue with an alarm.
 */
export function scheduled(worker: HouseFunction, { every, description, input }: ScheduleOptions): Scheduled {
  const { id, scope } = worker.node
  if (!scope) throw new TypeError(`${id}: expected a function within a stack`)
  const { partition, region, account } = Stack.of(worker)
  const failed = failureQueue(
    scope,
    `${id}Failed`,
    'This is where failed turns go; a watch wakes someone when it is not empty.',
  )
  worker.configureAsyncInvoke({ retryAttempts: 0, onFailure: new SqsDestination(failed) })
  const role = new Role(scope, `${id}ScheduleRole`, {
    description: `Invokes ${id} by the clock`,
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      // Of this account's schedules alone, which are all in the default group.
      conditions: {
        StringEquals: {
          'aws:SourceAccount': account,
          'aws:SourceArn': `arn:${partition}:scheduler:${region}:${account}:schedule-group/default`,
        },
      },
    }),
  })
  role.addToPolicy(
    new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [worker.functionArn] }),
  )
  role.addToPolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [failed.queueArn] }))
  const minutes = every.toMinutes()
  const schedule = new CfnSchedule(scope, `${id}Schedule`, {
    description,
    scheduleExpression: minutes === 1 ? 'rate(1 minute)' : `rate(${minutes} minutes)`,
    flexibleTimeWindow: { mode: 'OFF' },
    target: {
      arn: worker.functionArn,
      roleArn: role.roleArn,
      retryPolicy: { maximumEventAgeInSeconds: maxAgeSeconds, maximumRetryAttempts: maxRetries },
      deadLetterConfig: { arn: failed.queueArn },
      ...(input && { input: JSON.stringify(input) }),
    },
  })
  // A schedule begins at once: not before its role may do what it is for.
  schedule.node.addDependency(role)
  const watch = watchDeadLetters(`${id}Failed`, failed, {
    title: `${id} failed`,
    advice: `A turn did not reach ${id}, or failed: read its log. The next turn does what it left; purge the queue when the cause is mended.`,
  })
  return { failed, watch }
}
