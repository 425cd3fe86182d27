/** Alarms as data: a room declares them beside its resource, operations creates them. */
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch'

export interface Watch {
  /** The alarm's id, unique in the stack. */
  readonly id: string
  /** The title on the dashboard: `Packager errors`. */
  readonly title: string
  /** The meaning and where to look, for the person on call. */
  readonly advice: string
  readonly metric: IMetric
  /** Metrics drawn beside it, on the right axis. */
  readonly beside?: readonly IMetric[]
  readonly wrong: { readonly above: number } | { readonly below: number }
  readonly unit: 'count' | '%' | 'ms' | 's'
  /** The number of consecutive periods of the metric: five minutes each, where nothing must be heard sooner. */
  readonly periods: number
}
