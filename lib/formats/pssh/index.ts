/** The public interface of protection system data. */
export { type PsshBox, readPssh, writePssh } from './box.ts'
export { describePssh, type PsshDescription, psshOfText, psshText } from './describe.ts'
export { FAIRPLAY_KEY_FORMAT, readSkdUri, skdContentId, skdKid, skdUri } from './fairplay.ts'
export {
  kidsPssh,
  type PlayReadyFacts,
  playReadyPssh,
  type WidevineFacts,
  type WrmExtras,
  widevinePssh,
  wrmHeaderOf,
} from './make.ts'
export { type PlayReady, type PlayReadyContent, readPlayReady, writePlayReady } from './playready.ts'
export { allowedCpc } from './robustness.ts'
export { contentProtectionMarkup, fairPlayHlsKey, hlsKeyOf, hlsMethod } from './signalling.ts'
export { systemIdOf, systemName } from './system-names.ts'
export { SYSTEM, type SystemName } from './systems.ts'
export { type EntitledKey, readWidevine, type WidevineData, writeWidevine } from './widevine.ts'
export {
  guidText,
  playReadyChecksum,
  printWrmHeader,
  readWrmHeader,
  type WrmHeader,
  type WrmKid,
} from './wrm-header.ts'
