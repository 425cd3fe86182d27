/** Operations in AWS: an alarm for every watch of every room, one dashboard, and one topic for notifications. */
import { CfnOutput, Duration, Stack } from 'aws-cdk-lib'
import {
  Alarm,
  AlarmStatusWidget,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  TextWidget,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Construct } from 'constructs'
import { HeadendError } from '../errors.ts'
import type { Watch } from '../platform/constructs/watch.construct.ts'

export interface OperationsProps {
  /** The watches of each room, by the room's name, in the order of the flow. */
  readonly watches: Readonly<Record<string, readonly Watch[]>>
  /** The output that names the topic. @default AlarmTopic */
  readonly topicOutput?: string
}

export class Operations extends Construct {
  constructor(scope: Construct, id: string, { watches, topicOutput = 'AlarmTopic' }: OperationsProps) {
    super(scope, id)
    const topic = new Topic(this, 'Alarms', { displayName: 'headend alarms', enforceSSL: true })
    // A policy of the topic's own replaces the default one by which alarms may publish.
    topic.grantPublish(new ServicePrincipal('cloudwatch.amazonaws.com'))
    for (const address of alarmEmails(this)) topic.addSubscription(new EmailSubscription(address))
    new CfnOutput(Stack.of(this), topicOutput, { value: topic.topicArn })

    const rooms = Object.entries(watches).map(([room, list]) => ({
      room,
      watched: list.map((watch) => ({ watch, alarm: this.#alarm(watch, topic) })),
    }))
    const dashboard = new Dashboard(this, 'Dashboard', { defaultInterval: Duration.hours(3) })
    const alarms = rooms.flatMap(({ watched }) => watched.map(({ alarm }) => alarm))
    dashboard.addWidgets(new AlarmStatusWidget({ title: 'Alarms', alarms, width: 24, height: 3 }))
    for (const { room, watched } of rooms) {
      dashboard.addWidgets(new TextWidget({ markdown: `## ${room}`, width: 24, height: 1 }))
      dashboard.addWidgets(...watched.map(({ watch, alarm }) => graph(watch, alarm)))
    }
  }

  #alarm({ id, title, advice, metric, wrong, periods }: Watch, topic: Topic): Alarm {
    const above = 'above' in wrong
    const alarm = new Alarm(this, id, {
      alarmDescription: `${title}. ${advice}`,
      metric,
      threshold: above ? wrong.above : wrong.below,
      comparisonOperator: above
        ? ComparisonOperator.GREATER_THAN_THRESHOLD
        : ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: periods,
      // No traffic is not a fault.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    })
    alarm.addAlarmAction(new SnsAction(topic))
    return alarm
  }
}

/** Recipients from the context value `alarmEmail`, separated by commas. SNS asks each to confirm. */
function alarmEmails(scope: Construct): readonly string[] {
  const said: unknown = scope.node.tryGetContext('alarmEmail')
  if (said === undefined) return []
  const addresses = typeof said === 'string' ? said.split(',').map((address) => address.trim()) : []
  if (addresses.length > 0 && addresses.every((address) => /^[^\s@]+@[^\s@]+$/.test(address)))
    return addresses
  throw new HeadendError(
    'STACK_CONTEXT',
    `context alarmEmail: expected mail addresses with commas between, got ${JSON.stringify(said)}`,
  )
}

function graph({ title, metric, beside, unit }: Watch, alarm: Alarm): GraphWidget {
  return new GraphWidget({
    title,
    width: 6,
    height: 5,
    left: [metric],
    leftYAxis: { label: unit, min: 0, showUnits: false },
    leftAnnotations: [alarm.toAnnotation()],
    ...(beside && { right: [...beside], rightYAxis: { min: 0, showUnits: false } }),
  })
}
