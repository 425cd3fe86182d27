/** Resource types of services that are not here: what needs nothing here, and what is known by its names alone. */
import type { ServiceModule } from '../service-module.ts'
import { ownName, serviceArn, withArn } from '../template/identity.ts'
import type { Identity, Subject } from '../template/model.ts'

const watching = { inert: 'watching: the flow is the same without it' } as const
const logs = { inert: 'logs are files in the data directory, kept whole' } as const
const bookkeeping = { inert: 'book-keeping: nothing reads it' } as const

export const unserved: ServiceModule = {
  name: 'unserved',
  kinds: [
    { type: 'AWS::CDK::Metadata', here: bookkeeping },
    { type: 'AWS::ResourceGroups::Group', here: bookkeeping },
    {
      type: 'AWS::CloudWatch::Alarm',
      here: watching,
      identify: (subject) => withArn(subject, ownName(subject, 'AlarmName', 255), 'cloudwatch', 'alarm:'),
    },
    { type: 'AWS::CloudWatch::CompositeAlarm', here: watching },
    { type: 'AWS::CloudWatch::Dashboard', here: watching },
    { type: 'AWS::Logs::LogGroup', here: logs, identify: logGroup },
    { type: 'AWS::Logs::Delivery', here: logs },
    { type: 'AWS::Logs::DeliveryDestination', here: logs },
    { type: 'AWS::Logs::DeliverySource', here: logs },
    { type: 'AWS::Logs::MetricFilter', here: watching },
    { type: 'AWS::Logs::QueryDefinition', here: watching },
    { type: 'AWS::Logs::ResourcePolicy', here: logs },
    { type: 'AWS::SNS::Topic', here: 'absent', identify: topic },
    {
      type: 'AWS::Kinesis::Stream',
      here: 'absent',
      identify: (subject) => withArn(subject, ownName(subject, 'Name', 128), 'kinesis', 'stream/'),
    },
  ],
}

function logGroup(subject: Subject): Identity {
  const name = ownName(subject, 'LogGroupName', 512)
  return { name, attributes: { Arn: `${serviceArn(subject, 'logs', `log-group:${name}`)}:*` } }
}

function topic(subject: Subject): Identity {
  const name = ownName(subject, 'TopicName', 256)
  const arn = serviceArn(subject, 'sns', name)
  return { name, ref: arn, attributes: { TopicArn: arn, TopicName: name } }
}
