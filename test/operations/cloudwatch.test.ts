import { describe, expect, it } from 'vitest'
import { fires, type Measured } from './alarm.ts'
import { logFilter } from './log-filter.ts'
import { evaluate } from './metric-math.ts'

describe('a filter of log lines', () => {
  it.each([
    ['{ $.level = "ERROR" }', { level: 'ERROR' }, true],
    ['{ $.level = "ERROR" }', { level: 'INFO' }, false],
    ['{ $.level = "ERROR" }', { message: 'ERROR' }, false],
    ['{ $.level = "ERROR" || $.level = "FATAL" }', { level: 'FATAL' }, true],
    ['{ $.a = "1" || $.b = "2" && $.c = "3" }', { a: '1' }, true],
    ['{ ($.a = "1" || $.b = "2") && $.c = "3" }', { a: '1' }, false],
    ['{ $.error.code = "LICENCE_*" }', { error: { code: 'LICENCE_REGION' } }, true],
    ['{ $.error.code != "X" }', { error: {} }, false],
    ['{ $.ms > 1000 }', { ms: 1001 }, true],
    ['{ $.ms > 1000 }', { ms: '1001' }, false],
    ['{ $.ms = * }', { ms: 0 }, true],
    ['{ $.ms = * }', {}, false],
    ['{ $.message = "edge failed" }', { message: 'edge failed' }, true],
  ])('%s reads %j: %s', (pattern, event, expected) => {
    expect(logFilter(pattern)(event)).toBe(expected)
  })

  it.each(['ERROR', '{ $.a IS NULL }', '{ $.a = %x% }', '{ $.a = }'])(
    'refuses what it does not judge: %s',
    (pattern) => {
      expect(() => logFilter(pattern)({ a: 'x' })).toThrow(/expected|not read|ends too early/)
    },
  )
})

describe('metric math', () => {
  const metrics = { a: [1, undefined, 3], b: [10, 20, undefined], none: [undefined, undefined, undefined] }
  it.each([
    ['a + b', [11, undefined, undefined]],
    ['100 * a / b', [10, undefined, undefined]],
    ['a / (b - b)', [undefined, undefined, undefined]],
    ['FILL(a, 0)', [1, 0, 3]],
    ['MAX([a, b])', [10, 20, 3]],
    ['SUM([a, b, none])', [11, 20, 3]],
    ['FILL(none, 0)', [0, 0, 0]],
  ])('%s', (expression, expected) => {
    expect(evaluate(expression, metrics, { fillsEmpty: true })).toEqual(expected)
  })

  it('may leave a metric empty that has no values', () => {
    expect(evaluate('FILL(none, 0)', metrics, { fillsEmpty: false })).toEqual(metrics.none)
  })

  it.each(['a +', 'c', 'RATE(a)', 'a ? b'])('refuses what it does not judge: %s', (expression) => {
    expect(() => evaluate(expression, metrics, { fillsEmpty: true })).toThrow(/expected|not read|no metric/)
  })
})

describe('an alarm', () => {
  const alarm = {
    Namespace: 'N',
    MetricName: 'M',
    Period: 300,
    Statistic: 'Sum',
    Threshold: 1,
    ComparisonOperator: 'GreaterThanThreshold',
    EvaluationPeriods: 2,
    TreatMissingData: 'notBreaching',
  }
  const after = (...values: (number | undefined)[]) => {
    const measured: Measured = new Map([['N M', values.map((value) => (value === undefined ? [] : [value]))]])
    return fires(alarm, measured, values.length, { fillsEmpty: true })
  }

  it('fires when all of its periods are over the threshold, and not at it', () => {
    expect([after(0, 0, 2, 2), after(2, 2, 2, 1), after(0, 0, 0, 2)]).toEqual([true, false, false])
  })

  it('takes real values from further back for missing ones, and missing ones by its word', () => {
    expect([after(2, undefined, 2, undefined), after(2, undefined, undefined, undefined)]).toEqual([
      true,
      false,
    ])
    expect(after(undefined, undefined, undefined, undefined)).toBe(false)
  })
})
