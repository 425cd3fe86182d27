/** The door of the faults a test may ask for. */
export type { Partition } from './capacity.ts'
export { faultsDoor, faultsPath } from './door.ts'
export { createFaults, type FaultCall, type FaultRule, type Faults, type RuleInForce } from './faults.ts'
export { faultsFile, faultsOf, type RemoteFaults } from './remote.ts'
export { type FaultWords, suffer } from './suffer.ts'
