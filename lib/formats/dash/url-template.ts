/** URL templates (ISO/IEC 23009-1 5.3.9.4.4). */

/** The values for a template. An absent one leaves its identifier unchanged. */
export interface TemplateValues {
  readonly RepresentationID?: string
  readonly Number?: number
  readonly Bandwidth?: number
  readonly Time?: number
}

/** Fills in a template; `$$` is a dollar sign, and unknown identifiers stay. */
export function fillTemplate(template: string, values: TemplateValues): string {
  return template.replaceAll(IDENTIFIER, (match, name: string | undefined, width: string | undefined) => {
    if (match === '$$') return '$'
    const value = isName(name) ? values[name] : undefined
    if (value === undefined) return match
    return name === 'RepresentationID' || width === undefined
      ? String(value)
      : String(value).padStart(Math.min(Number(width), MAX_WIDTH), '0')
  })
}

const IDENTIFIER = /\$(?:([A-Za-z]{1,16})(?:%0(\d{1,4})d)?)?\$/g
const MAX_WIDTH = 64

function isName(name: string | undefined): name is keyof TemplateValues {
  return name === 'RepresentationID' || name === 'Number' || name === 'Bandwidth' || name === 'Time'
}
