/** Rights: content keys and their periods, how content is protected, and who gets licences. */

export { answerExchange } from './exchange/answer.ts'
export { contentKey, type KeyName, type KeyRecord, type KeyTools, type KeyWish } from './keys/content-key.ts'
export { keptRanges } from './keys/kept-ranges.ts'
export { type ContentKey, type KeyOpener, keyOpener } from './keys/open-key.ts'
export { answerLicence } from './licences/answer.ts'
export { licenceProxy } from './licences/proxy.ts'
export { type LicenceAnswer, type LicenceRequest, type LicenceRoom } from './licences/room.ts'
export { type DrmSystem, type EncryptedPolicy, type Policy } from './protection/policy.ts'
export {
  type Asker,
  changePolicy,
  duePeriods,
  filmPeriods,
  keysFor,
  type ProtectionRoom,
  retireKeys,
} from './protection/protect.ts'
export { addProtectionRoutes, type ProtectionParts } from './protection/routes.ts'
export { asItIs, retired, stated } from './publication/changes.ts'
export { filmProtection } from './publication/film-protection.ts'
export { type FilmShelf, publishProtection, showProtected } from './publication/publish.ts'
export { ensureMarks, finishTurns, sweepEntries, writeMarks } from './publication/rebuild.ts'
export { answerSpekeHttp } from './speke/answer.ts'
export { addTokenRoutes, type TokenParts } from './tokens/routes.ts'
