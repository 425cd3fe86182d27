/** The removal policy of what outlives its stack: data, keys, and values entered by people. */
import { RemovalPolicy } from 'aws-cdk-lib'

/** Retained when removed from the stack and when the stack is deleted; deleted when its creation is rolled back. */
export const kept = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
