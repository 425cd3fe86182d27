/** The public interface of Widevine's licence protocol. */
export { readWidevineChallenge, type WidevineChallenge } from './challenge.ts'
