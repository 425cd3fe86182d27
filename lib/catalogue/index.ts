/** Catalogue: the operator's API. What its schemas say is the contract; the console is its first client. */
export { type AnsweredRequest, type CataloguePorts, catalogueApi } from './api.ts'
export { behindGateway } from './behind-gateway.ts'
