/** The event bus of a region: rooms say on it what happened, other rooms and operators' own rules hear of it. */
import { Stack } from 'aws-cdk-lib'
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import type { HouseFunction } from './function.construct.ts'

/**
 * A bus of the stack's name, so that those of two stages or regions are told apart where people choose one. It has no
 * policy of its own: what this account's roles may do they may by their own policies, and no other account's may.
 */
export function houseBus(scope: Construct, id: string): IEventBus {
  const { stackName } = Stack.of(scope)
  return new EventBus(scope, id, {
    eventBusName: stackName,
    description: `What happens in ${stackName}: docs/events.md`,
  })
}

/** Lets a function say on a bus what these rooms say (`headend.assets`), and tells it where that is. */
export function grantPublish(publisher: HouseFunction, bus: IEventBus, sources: readonly string[]): void {
  publisher.addEnvironment('EVENT_BUS', bus.eventBusName)
  const statement = new PolicyStatement({ actions: ['events:PutEvents'], resources: [bus.eventBusArn] })
  statement.addCondition('StringEquals', { 'events:source': [...sources] })
  publisher.addToRolePolicy(statement)
}
