/** CloudFormation in the local cloud: what its stacks put out. */
export { createCloudFormation } from './cloudformation.ts'
