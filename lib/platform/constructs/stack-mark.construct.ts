/** What tells a stack from an earlier one of the same name, in names of what is kept when a stack goes. */
import { Aws, Fn } from 'aws-cdk-lib'

/** The first eight digits of the stack's id, which CloudFormation makes anew with each stack. */
export const stackMark = Fn.select(0, Fn.split('-', Fn.select(2, Fn.split('/', Aws.STACK_ID))))
