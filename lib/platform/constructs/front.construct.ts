/** The front as the stacks it depends on see it: a shared secret, and a parameter that is read at run time. */
import { Aws, Stack } from 'aws-cdk-lib'
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager'
import { StringParameter } from 'aws-cdk-lib/aws-ssm'
import { Construct } from 'constructs'
import type { Front } from '../http/front.ts'
import type { HouseFunction } from './function.construct.ts'
import { generatedSecret } from './secret.construct.ts'

/** The front's region, whatever the region of the media. */
const frontRegion = 'us-east-1'

/** The parameter's name, derived from the front's stack name alone: its readers are deployed before it exists. */
export const frontParameter = (frontStack: string): string => `/${frontStack}/front`

/** Writes the front's addresses to the parameter. */
export function announceFront(stack: Stack, front: Front): void {
  new StringParameter(stack, 'Front', {
    parameterName: frontParameter(stack.stackName),
    description: 'Where this headend is played from; its functions read it',
    stringValue: stack.toJsonString(front),
  })
}

/** Lets a function read the front's parameter. */
export function readsFront(reader: HouseFunction, parameter: string): void {
  reader.addEnvironment('FRONT_PARAMETER', parameter)
  const arn = `arn:${Aws.PARTITION}:ssm:${frontRegion}:${Stack.of(reader).account}:parameter${parameter}`
  reader.grantActions(['ssm:GetParameter'], arn)
}

/**
 * The secret by which the front identifies itself. Players may also call the functions behind it directly; such a
 * request has no trusted viewer location.
 */
export const frontSecret = (scope: Construct): ISecret =>
  generatedSecret(new Construct(scope, 'Rights'), 'Front', {
    output: 'FrontSecret',
    description: 'Shows functions that a request came through the distribution',
    becauseUnrotated:
      'The distribution sends the version a deployment names, and the functions know the one before.',
  })
