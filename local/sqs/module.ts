/** SQS among the services: queues, and who may send to them. */
import { join } from 'node:path'
import { account } from '../service.ts'
import type { ServiceModule } from '../service-module.ts'
import { ownText, serviceArn, stackName } from '../template/identity.ts'
import type { AttachedPolicy, Identity, Resource, Subject, Template } from '../template/model.ts'
import { createSqs } from './sqs.ts'

export const sqs: ServiceModule = {
  name: 'sqs',
  kinds: [
    { type: 'AWS::SQS::Queue', here: 'runs', identify: queue },
    { type: 'AWS::SQS::QueuePolicy', here: 'runs', identify: queuePolicy, policies: policiesOfQueues },
  ],
  async open({ dataDir, awsEndpoint, authorize }) {
    const service = await createSqs({
      path: join(dataDir, 'sqs.jsonl'),
      endpoint: () => awsEndpoint,
      authorize,
    })
    return {
      service,
      create: { 'AWS::SQS::Queue': ({ name, properties }) => service.createQueue(name, properties) },
      receive: (arn, body, caller, attributes) => service.send(arn, body, caller, attributes),
      queue: (arn) => service.source(arn),
    }
  },
}

function queue(subject: Subject): Identity {
  const suffix = subject.property('FifoQueue') === true ? '.fifo' : ''
  const name = ownText(subject, 'QueueName') ?? stackName(subject, 80 - suffix.length) + suffix
  const url = `${subject.awsEndpoint}/${account}/${name}`
  return {
    name,
    ref: url,
    attributes: { Arn: serviceArn(subject, 'sqs', name), QueueName: name, QueueUrl: url },
  }
}

function queuePolicy(subject: Subject): Identity {
  const name = stackName(subject, 80)
  return { name, attributes: { Id: name } }
}

function policiesOfQueues({ id, properties }: Resource, template: Template): readonly AttachedPolicy[] {
  const urls = [properties['Queues']].flat()
  return urls.flatMap((url) => {
    const found = template.ofType('AWS::SQS::Queue').find(({ ref }) => ref === url)
    if (found === undefined) return []
    return { arn: found.attribute('Arn'), document: properties['PolicyDocument'], where: id }
  })
}
