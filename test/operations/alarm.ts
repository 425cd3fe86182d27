/** When an alarm of CloudWatch fires, by its properties in a template and what its metrics were. */
import { at, list, number, text } from '../stack/template.ts'
import { evaluate, type MathRules, type Series } from './metric-math.ts'

/** What was measured, by the name of a metric (`metricName`), in periods of five minutes up to now. */
export type Measured = ReadonlyMap<string, readonly (readonly number[])[]>

/** What tells a metric from all others: namespace, name and dimensions. */
export function metricName(metric: unknown): string {
  const dimensions = list(at(metric, 'Dimensions')).map(
    (one) => `${text(at(one, 'Name'))}=${text(at(one, 'Value'))}`,
  )
  return [text(at(metric, 'Namespace')), text(at(metric, 'MetricName')), ...dimensions.toSorted()].join(' ')
}

const samplesOfAnHour = 12

/** Periods CloudWatch looks at beyond those an alarm asks for, to take real values for missing ones. */
const further = 2

/** Whether the alarm is in ALARM after the last of `periods` periods; names in its properties are resolved. */
export function fires(alarm: unknown, measured: Measured, periods: number, rules: MathRules): boolean {
  const needed = number(at(alarm, 'EvaluationPeriods'), 1)
  const toAlarm = number(at(alarm, 'DatapointsToAlarm'), needed)
  const all = seriesOf(alarm, measured, periods, rules)
  const there = all.slice(-(needed + further)).filter((value) => value !== undefined)
  // With enough real values, however far apart, missing ones do not count.
  const breaching = there.slice(-needed).filter((value) => breaches(alarm, value)).length
  const missing = Math.max(0, needed - there.length)
  const treated = text(at(alarm, 'TreatMissingData')) || 'missing'
  if (treated === 'notBreaching') return breaching >= toAlarm
  if (treated === 'breaching') return breaching + missing >= toAlarm
  throw new Error(`TreatMissingData ${treated} is not judged here`)
}

function seriesOf(alarm: unknown, measured: Measured, periods: number, rules: MathRules): Series {
  const queries = list(at(alarm, 'Metrics'))
  if (queries.length === 0) {
    const statistic = text(at(alarm, 'Statistic')) || text(at(alarm, 'ExtendedStatistic'))
    return statistics(alarm, { period: at(alarm, 'Period'), statistic, measured, periods })
  }
  const metrics = Object.fromEntries(
    queries.flatMap((query) => {
      const stat = at(query, 'MetricStat')
      if (stat === undefined) return []
      const asked = { period: at(stat, 'Period'), statistic: text(at(stat, 'Stat')), measured, periods }
      return [[text(at(query, 'Id')), statistics(at(stat, 'Metric'), asked)]]
    }),
  )
  const shown = queries.filter((query) => at(query, 'ReturnData') !== false)
  if (shown.length !== 1) throw new Error(`an alarm has one expression that counts, got ${shown.length}`)
  return evaluate(text(at(shown[0], 'Expression')), metrics, rules)
}

interface Asked {
  readonly period: unknown
  readonly statistic: string
  readonly measured: Measured
  readonly periods: number
}

function statistics(metric: unknown, { period, statistic, measured, periods }: Asked): Series {
  // A sample is of five minutes; of an alarm that must be heard sooner, of the last minute.
  if (period !== 300 && period !== 60 && period !== 3600)
    throw new Error(`periods are of 60, 300 or 3600 s here, got ${String(period)}`)
  const known = measured.get(metricName(metric)) ?? []
  const samples = period === 3600 ? samplesOfAnHour : 1
  const count = Math.ceil(periods / samples)
  return Array.from({ length: count }, (_, index) => {
    const from = known.length - (count - index) * samples
    const values = known.slice(Math.max(0, from), Math.max(0, from + samples)).flat()
    return values.length === 0 ? undefined : statisticOf(values, statistic)
  })
}

function statisticOf(values: readonly number[], statistic: string): number {
  const sum = values.reduce((a, b) => a + b, 0)
  if (statistic === 'Sum') return sum
  if (statistic === 'Average') return sum / values.length
  if (statistic === 'Maximum') return Math.max(...values)
  const percent = /^p(\d+)$/.exec(statistic)?.[1]
  if (percent === undefined) throw new Error(`statistic ${statistic} is not known here`)
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor((Number(percent) / 100) * sorted.length))] ?? 0
}

function breaches(alarm: unknown, value: number): boolean {
  const threshold = number(at(alarm, 'Threshold'), Number.NaN)
  switch (text(at(alarm, 'ComparisonOperator'))) {
    case 'GreaterThanThreshold':
      return value > threshold
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold
    case 'LessThanThreshold':
      return value < threshold
    case 'LessThanOrEqualToThreshold':
      return value <= threshold
    default:
      throw new Error(`${text(at(alarm, 'ComparisonOperator'))}: not judged here`)
  }
}
