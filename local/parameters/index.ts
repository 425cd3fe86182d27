/** Systems Manager's parameters in the local cloud. */
export { createParameters, type Parameters } from './parameters.ts'
