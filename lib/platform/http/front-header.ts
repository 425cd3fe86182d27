/** Carries the secret shared by the distribution and the functions behind it. */
export const originVerifyHeader = 'x-headend-front'
