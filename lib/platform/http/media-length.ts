/**
 * Where the packager says how long what was asked for by HEAD is: a streamed Function URL takes `content-length` off,
 * and the edge puts it on again. Also said by its own name, so that who asks the packager itself can read it.
 */
export const lengthHeader = 'x-headend-length'
