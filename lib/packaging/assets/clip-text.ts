/** Text of uploads is as long as they like; what is stored of it is not. */

/** At most `most` characters, the last of them an ellipsis where something is left out. */
export const clipped = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).toWellFormed()}…`
