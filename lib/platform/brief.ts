/** A message as an answer carries it: what was asked may be as long as a request can be, and is not said back whole. */
export const brief = (message: string, most = 400): string =>
  message.length > most ? `${message.slice(0, most)} ...` : message
