/** The front as the stacks below it know it: by a secret they share, and by a parameter they read when they run. */
import { Aws, Stack } from 'aws-cdk-lib'
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager'
import { StringParameter } from 'aws-cdk-lib/aws-ssm'
import { Construct } from 'constructs'
import type { Front } from '../http/front.ts'
import type { HouseFunction } from './function.construct.ts'
import { generatedSecret } from './secret.construct.ts'

/** The region of the front, whatever the region of what it shows. */
const frontRegion = 'us-east-1'

/** Name of the parameter, from the name of the front's stack alone: those who read it are deployed before it. */
export const frontParameter = (frontStack: string): string => `/${frontStack}/front`

/** Writes down where the front is. */
export function announceFront(stack: Stack, front: Front): void {
  new StringParameter(stack, 'Front', {
    parameterName: frontParameter(stack.stackName),
    description: 'Where this headend is played from; its functions read it',
    stringValue: stack.toJsonString(front),
  })
}

/** Lets a function find the front. */
export function readsFront(reader: HouseFunction, parameter: string): void {
  reader.addEnvironment('FRONT_PARAMETER', parameter)
  const arn = `arn:${Aws.PARTITION}:ssm:${frontRegion}:${Stack.of(reader).account}:parameter${parameter}`
  reader.grantActions(['ssm:GetParameter'], arn)
}

/** Players may ask functions behind the front themselves, too; then nobody says where they are. */
export const frontSecret = (scope: Construct): ISecret =>
  generatedSecret(new Construct(scope, 'Rights'), 'Front', {
    output: 'FrontSecret',
    description: 'Shows functions that a request came through the distribution',
    becauseUnrotated:
      'The distribution sends the version a deployment names, and the functions know the one before.',
  })
