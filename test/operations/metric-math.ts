/** Metric math of CloudWatch, as far as our alarms use it: arithmetic, FILL, and MAX and SUM of several metrics. */

/** One value a period; undefined where there is none. */
export type Series = readonly (number | undefined)[]

type Value = number | Series | readonly Series[]

/** What a reading of the documentation leaves open, to be judged both ways. */
export interface MathRules {
  /** Whether FILL makes values of a metric that has none at all in the periods looked at. */
  readonly fillsEmpty: boolean
}

/** The series an expression gives, over as many periods as its metrics have. */
export function evaluate(
  expression: string,
  metrics: Readonly<Record<string, Series>>,
  rules: MathRules,
): Series {
  const tokens = expression.match(/[A-Za-z_]\w*|\d+(?:\.\d+)?|[-+*/(),[\]]/g) ?? []
  if (tokens.join('') !== expression.replaceAll(/\s/g, ''))
    throw new Error(`${expression}: a part of it is not read here`)
  let at = 0
  const expect = (wanted: string): void => {
    if (tokens[at++] !== wanted) throw new Error(`${expression}: expected ${wanted}`)
  }
  const sum = (): Value => {
    let left = product()
    while (tokens[at] === '+' || tokens[at] === '-') left = combined(left, tokens[at++] ?? '', product())
    return left
  }
  const product = (): Value => {
    let left = factor()
    while (tokens[at] === '*' || tokens[at] === '/') left = combined(left, tokens[at++] ?? '', factor())
    return left
  }
  const factor = (): Value => {
    const token = tokens[at++] ?? ''
    if (/^\d/.test(token)) return Number(token)
    if (token === '(') {
      const inside = sum()
      expect(')')
      return inside
    }
    if (token === '[') {
      const parts = [asSeries(sum())]
      while (tokens[at] === ',') {
        at++
        parts.push(asSeries(sum()))
      }
      expect(']')
      return parts
    }
    if (tokens[at] !== '(') {
      const series = metrics[token]
      if (!series) throw new Error(`${expression}: no metric is called ${token}`)
      return series
    }
    at++
    const values = [sum()]
    while (tokens[at] === ',') {
      at++
      values.push(sum())
    }
    expect(')')
    return called(token, values, rules)
  }
  const value = asSeries(sum())
  if (at < tokens.length) throw new Error(`${expression}: goes on after its end`)
  return value
}

function called(name: string, values: readonly Value[], { fillsEmpty }: MathRules): Value {
  const [first = [], second] = values
  if (name === 'FILL') {
    const series = asSeries(first)
    if (typeof second !== 'number') throw new Error('FILL: expected a number to fill with')
    return fillsEmpty || series.some(isThere) ? series.map((value) => value ?? second) : series
  }
  if (name !== 'MAX' && name !== 'SUM') throw new Error(`${name}: not read here`)
  const list = isList(first) ? first : [asSeries(first)]
  return Array.from({ length: Math.max(...list.map(({ length }) => length)) }, (_, period) => {
    const there = list.map((series) => series[period]).filter(isThere)
    if (there.length === 0) return undefined
    return name === 'MAX' ? Math.max(...there) : there.reduce((a, b) => a + b, 0)
  })
}

function combined(left: Value, operator: string, right: Value): Value {
  if (typeof left === 'number' && typeof right === 'number') return apply(left, operator, right) ?? 0
  const length = Math.max(...[left, right].map((side) => (typeof side === 'number' ? 0 : side.length)))
  const of = (side: Value, period: number) => (typeof side === 'number' ? side : asSeries(side)[period])
  return Array.from({ length }, (_, period) => apply(of(left, period), operator, of(right, period)))
}

function apply(left: number | undefined, operator: string, right: number | undefined): number | undefined {
  if (left === undefined || right === undefined) return undefined
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    default:
      // A division by zero gives no value.
      return right === 0 ? undefined : left / right
  }
}

const isThere = (value: number | undefined): value is number => value !== undefined
const isList = (value: Value): value is readonly Series[] => Array.isArray(value) && Array.isArray(value[0])

function asSeries(value: Value): Series {
  if (typeof value === 'number' || isList(value)) throw new Error('expected a metric')
  return value
}
