/** Language tags as manifests need them (BCP 47, RFC 5646). */

/** The shortest tag for a language: `deu` becomes `de`; undefined if invalid. */
export function bcp47(tag: string | undefined): string | undefined {
  if (!tag) return undefined
  try {
    const [canonical] = Intl.getCanonicalLocales(tag.replaceAll('_', '-'))
    return canonical === 'und' ? undefined : canonical
  } catch {
    return undefined
  }
}
