/** The operator's API: every room adds its routes; this one authenticates, answers errors and documents. */
export { type AnsweredRequest, type ApiPorts, operatorApi } from './api.ts'
export { behindGateway } from './behind-gateway.ts'
