/** The door of the endpoint: one loopback URL that speaks every AWS service here. */
export { identifyCaller, identifySigner } from './caller.ts'
export { type Credentials, createCredentials, type RoleCredentials } from './credentials.ts'
export { createGateway, type FunctionUrlDoor, type GatewayOptions } from './gateway.ts'
export { answerWhileStarting, type Listener, listen } from './listener.ts'
export { instancePath } from './route.ts'
export { readSignature } from './signature.ts'
