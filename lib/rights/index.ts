/** Rights: content keys and key periods, content protection, and licences. */

export {
  eventsOfChannelProtection,
  eventsOfProtection,
  protectionChanged,
  rightsEvents,
} from './events/protection-events.ts'
export { answerExchange } from './exchange/answer.ts'
export type { KeyHoldStore } from './holds/store.ts'
export { cachedRanges } from './keys/cached-ranges.ts'
export {
  contentKey,
  type KeyName,
  type KeyPorts,
  type KeyRecord,
  type KeyRequest,
} from './keys/content-key.ts'
export { type ContentKey, type KeyOpener, keyOpener } from './keys/open-key.ts'
export { answerLicence } from './licences/answer.ts'
export { type LicenceAnswer, type LicencePorts, type LicenceRequest } from './licences/ports.ts'
export { licenceProxy } from './licences/proxy.ts'
export type { ProtectionPorts } from './protection/plans.ts'
export { type DrmSystem, type EncryptedPolicy, type Policy } from './protection/policy.ts'
export {
  assetPeriods,
  changePolicy,
  duePeriods,
  keysFor,
  type Requester,
  retireKeys,
} from './protection/protect.ts'
export { addProtectionRoutes, type ProtectionRoutePorts } from './protection/routes.ts'
export { asItIs, retired, stated } from './publication/changes.ts'
export { assetProtection } from './publication/film-protection.ts'
export {
  type PublicationStore,
  publishProtection,
  showProtected,
} from './publication/publish.ts'
export { ensureMarks, finishTurns, sweepEntries, tellDue, writeMarks } from './publication/rebuild.ts'
export { answerSpekeHttp } from './speke/answer.ts'
export { addTokenRoutes, type TokenPorts } from './tokens/routes.ts'
