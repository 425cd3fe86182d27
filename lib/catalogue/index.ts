/** Catalogue: the operator's API. What its schemas say is the contract; the console is its first client. */
export { type ReadKey, type VerifyToken, verifyWithKeptKey } from './access/bearer.ts'
export { type CatalogueParts, catalogueApi } from './api.ts'
export { behindGateway } from './behind-gateway.ts'
