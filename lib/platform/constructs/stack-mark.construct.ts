/** Distinguishes a stack from an earlier one of the same name, in the names of retained resources. */
import { Aws, Fn } from 'aws-cdk-lib'

/** The first eight digits of the stack's id, which CloudFormation generates for each new stack. */
export const stackMark = Fn.select(0, Fn.split('-', Fn.select(2, Fn.split('/', Aws.STACK_ID))))
