/** The door of HLS for readers of others' playlists. */
export { identityRewrite } from './rewrite.ts'
