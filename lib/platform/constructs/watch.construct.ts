/** Alarms as data: a room says beside its resource what would be wrong, operations makes alarms of it. */
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch'

export interface Watch {
  /** Names the alarm; unique in the stack. */
  readonly id: string
  /** What is seen on the dashboard: `Packager errors`. */
  readonly title: string
  /** What it means and where to look, for whom it wakes. */
  readonly advice: string
  readonly metric: IMetric
  /** What is drawn beside it, by the axis on the right. */
  readonly beside?: readonly IMetric[]
  readonly wrong: { readonly above: number } | { readonly below: number }
  readonly unit: 'count' | '%' | 'ms' | 's'
  /** How many five-minute periods in a row. */
  readonly periods: number
}
