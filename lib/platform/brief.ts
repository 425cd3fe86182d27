/** Shortens a message for an answer: it may quote input as long as a request can be, which is not echoed in full. */
export const brief = (message: string, most = 400): string =>
  message.length > most ? `${message.slice(0, most)} ...` : message
