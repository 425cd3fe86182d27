/** Clips text from uploads, which has no length limit, before it is stored. */

/** At most `most` characters, the last an ellipsis if the text was clipped. */
export const clipped = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).toWellFormed()}…`
