/** What whoever uploaded a film does about its fault, where the finder of the fault knew no more of it. */

const first: readonly (readonly [RegExp, string])[] = [
  [/^OBJECT_GONE$/, 'it was deleted or replaced before it was read; upload it again'],
  [/^MP4_EMPTY$/, 'what wrote it failed, or the upload did; upload it again'],
  [/^MP4_NOT_MP4$/, 'upload the film itself, as MP4 or MOV'],
  [/^(MP4_TRUNCATED|MP4_BOX_TRUNCATED|OBJECT_SHORT|MP4_MOOV_MISSING)$/, 'upload the whole file again'],
]

/** A clause for the end of an error's message. */
export const filmAdvice = (code: string): string =>
  first.find(([shape]) => shape.test(code))?.[1] ??
  'write the film anew with another tool, then upload it again'
