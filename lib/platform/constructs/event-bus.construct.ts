/** The event bus of a region: rooms publish events on it, other rooms and operators' own rules receive them. */
import { Stack } from 'aws-cdk-lib'
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import type { HouseFunction } from './function.construct.ts'

/**
 * A bus with the stack's name, so that the buses of two stages or regions can be told apart in a list. It has no
 * resource policy: this account's roles need only their own policies, and other accounts have no access.
 */
export function houseBus(scope: Construct, id: string): IEventBus {
  const { stackName } = Stack.of(scope)
  return new EventBus(scope, id, {
    eventBusName: stackName,
    description: `What happens in ${stackName}: docs/events.md`,
  })
}

/** Lets a function publish events of these sources (`headend.assets`) on a bus, and passes it the bus's name. */
export function grantPublish(publisher: HouseFunction, bus: IEventBus, sources: readonly string[]): void {
  publisher.addEnvironment('EVENT_BUS', bus.eventBusName)
  const statement = new PolicyStatement({ actions: ['events:PutEvents'], resources: [bus.eventBusArn] })
  statement.addCondition('StringEquals', { 'events:source': [...sources] })
  publisher.addToRolePolicy(statement)
}
