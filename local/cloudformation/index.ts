/** CloudFormation in the local cloud: what its stacks put out. */
export { createCloudFormation, type RunningStack } from './cloudformation.ts'
