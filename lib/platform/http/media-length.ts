/**
 * Carries the packager's content length in answers to HEAD: a streamed Function URL drops `content-length`, and the
 * edge restores it. Kept under its own name as well, for clients that call the packager directly.
 */
export const lengthHeader = 'x-headend-length'
