/** DynamoDB among the services: tables and their streams. */
import { join } from 'node:path'
import type { ServiceModule } from '../service-module.ts'
import { ownName, serviceArn, uuid } from '../template/identity.ts'
import type { Identity, Resource, Subject } from '../template/model.ts'
import { createDynamoDb } from './dynamodb.ts'

export const dynamoDb: ServiceModule = {
  name: 'dynamodb',
  kinds: [
    { type: 'AWS::DynamoDB::GlobalTable', here: 'runs', identify: table },
    { type: 'AWS::DynamoDB::Table', here: 'runs', identify: table },
  ],
  async open({ dataDir, authorize, faults, template }) {
    const service = await createDynamoDb({ path: join(dataDir, 'dynamodb'), authorize, faults })
    const create = async ({ id, name, properties }: Resource) => {
      const { streamArn } = await service.createTable(name, properties)
      if (streamArn !== undefined) template.learn(id, 'StreamArn', streamArn)
    }
    return {
      service,
      create: { 'AWS::DynamoDB::GlobalTable': create, 'AWS::DynamoDB::Table': create },
      stream: (arn) => service.stream(arn),
    }
  },
}

/** `StreamArn` is not here: the table engine names its streams. */
function table(subject: Subject): Identity {
  const name = ownName(subject, 'TableName', 255)
  return {
    name,
    attributes: { Arn: serviceArn(subject, 'dynamodb', `table/${name}`), TableId: uuid(subject) },
  }
}
