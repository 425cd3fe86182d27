/** The door of local Function URLs. */

export type { FunctionUrl, FunctionUrlOptions } from './function-url.ts'
export { createFunctionUrl } from './function-url.ts'
