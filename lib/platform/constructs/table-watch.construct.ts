/** Watches a table for throttling. */
import { Duration } from 'aws-cdk-lib'
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb'
import type { Watch } from './watch.construct.ts'

/**
 * Read and write throttles of a table. Some are retried and nobody notices: many mean that one key is requested too
 * often.
 */
export function watchThrottles(id: string, title: string, table: ITableV2): Watch {
  const period = Duration.minutes(5)
  const count = (metricName: string) => table.metric(metricName, { statistic: 'Sum', period })
  const metric = new MathExpression({
    expression: 'SUM([reads, writes])',
    label: title,
    usingMetrics: { reads: count('ReadThrottleEvents'), writes: count('WriteThrottleEvents') },
    period,
  })
  return {
    id,
    title,
    advice: 'One key is asked more often than a partition answers, or the load rose too fast for the table.',
    metric,
    wrong: { above: 10 },
    unit: 'count',
    periods: 2,
  }
}
