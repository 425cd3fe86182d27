/** Carries what only the distribution and the function behind it know. */
export const originVerifyHeader = 'x-headend-front'
