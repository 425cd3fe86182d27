/** Object members that are omitted if undefined. */

/** `{ [key]: value }`, or nothing: absent members are absent, not undefined. */
export function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  // the computed key is K alone, which an object literal's type does not say
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V })
}
