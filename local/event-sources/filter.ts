/** Event patterns of `FilterCriteria`: any pattern may match, every field of a pattern must. */

export type Filter = (value: unknown) => boolean

/** A filter that lets everything through when there are no patterns. */
export function createFilter(patterns: readonly string[]): Filter {
  if (patterns.length === 0) return () => true
  const parsed: readonly unknown[] = patterns.map((pattern): unknown => JSON.parse(pattern))
  return (value) => parsed.some((pattern) => matches(pattern, value))
}

function matches(pattern: unknown, value: unknown): boolean {
  if (Array.isArray(pattern))
    return candidates(value).some((each) => pattern.some((rule) => allows(rule, each)))
  if (!isRecord(pattern)) return false
  return Object.entries(pattern).every(([name, rule]) => {
    if (name === '$or') return Array.isArray(rule) && rule.some((each) => matches(each, value))
    const field = isRecord(value) ? value[name] : undefined
    return matches(rule, field)
  })
}

/** A field that is a list matches when one of its members does. */
function candidates(value: unknown): readonly unknown[] {
  return Array.isArray(value) && value.length > 0 ? value : [value]
}

function allows(rule: unknown, value: unknown): boolean {
  if (!isRecord(rule)) return rule === value
  return Object.entries(rule).every(([operator, operand]) => holds(operator, operand, value))
}

function holds(operator: string, operand: unknown, value: unknown): boolean {
  switch (operator) {
    case 'exists':
      return operand === (value !== undefined)
    // In anything-but, EventBridge takes a list of them (Comparison operators, "anything-but").
    case 'prefix':
      return typeof value === 'string' && [operand].flat().some((one) => value.startsWith(String(one)))
    case 'suffix':
      return typeof value === 'string' && [operand].flat().some((one) => value.endsWith(String(one)))
    case 'equals-ignore-case':
      return typeof value === 'string' && value.toLowerCase() === String(operand).toLowerCase()
    case 'anything-but': {
      const refused: readonly unknown[] = Array.isArray(operand) ? operand : [operand]
      return value !== undefined && !refused.some((rule) => allows(rule, value))
    }
    case 'numeric':
      return typeof value === 'number' && Array.isArray(operand) && inRange(operand, value)
    default:
      return false
  }
}

/** `[">", 0, "<=", 5]`. */
function inRange(comparison: readonly unknown[], value: number): boolean {
  for (let at = 0; at < comparison.length; at += 2) {
    const bound = Number(comparison[at + 1])
    const held: Readonly<Record<string, boolean>> = {
      '=': value === bound,
      '>': value > bound,
      '>=': value >= bound,
      '<': value < bound,
      '<=': value <= bound,
    }
    if (held[String(comparison[at])] !== true) return false
  }
  return true
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
