/** Names of what stands in the key-value store at the edge, as lambdas/delivery/viewer-request.js reads them. */

/** A key that signs sessions: 64 hex digits. */
export const keyEntry = (kid: string): string => `k.${kid}`
/** Name of the key that signs from now on; where there is none it is the first. */
export const currentKeyEntry = 'c'
/** Epoch second at which a key that signs no more may be forgotten. */
export const keyEndEntry = (kid: string): string => `x.${kid}`
/** A revoked session: the epoch second it may be forgotten at. */
export const revocationEntry = (sessionId: string): string => `r.${sessionId}`
/** Which media of a content may be given out in the clear. */
export const markEntry = (contentId: string): string => `p.${contentId}`
/** Whether marks are written: `pending` in a store that is new. */
export const readinessEntry = 'm'
