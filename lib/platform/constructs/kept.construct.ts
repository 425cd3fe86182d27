/** What outlives its stack: data, keys, and what people filled in. */
import { RemovalPolicy } from 'aws-cdk-lib'

/** Kept when it is taken out of the stack and when the stack goes; gone when its very creation is rolled back. */
export const kept = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
