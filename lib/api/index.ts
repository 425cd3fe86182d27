/** The operator's API: every room brings its routes, this one lets in, refuses and documents. */
export { type AnsweredRequest, type ApiPorts, operatorApi } from './api.ts'
export { behindGateway } from './behind-gateway.ts'
