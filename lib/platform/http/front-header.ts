/** Carries what only the distribution and the function behind it know. */
export const frontHeader = 'x-headend-front'
