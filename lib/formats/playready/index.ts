/** The public interface of PlayReady's licence acquisition. */
export { type PlayReadyChallenge, readPlayReadyChallenge } from './challenge.ts'
