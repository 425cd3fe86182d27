/** Names of the entries in the edge key-value store, as lambdas/delivery/viewer-request.js reads them. */

/** A session signing key: 64 hex digits. */
export const keyEntry = (kid: string): string => `k.${kid}`
/** The name of the current signing key; if absent, the first key is current. */
export const currentKeyEntry = 'c'
/** The epoch second after which a retired signing key may be removed. */
export const keyEndEntry = (kid: string): string => `x.${kid}`
/** A revoked session: the epoch second after which the entry may be removed. */
export const revocationEntry = (sessionId: string): string => `r.${sessionId}`
/** The media of a content id that may be delivered in the clear. */
export const markEntry = (contentId: string): string => `p.${contentId}`
/** The state of the marks: `pending` in a new store, until they are written. */
export const readinessEntry = 'm'
