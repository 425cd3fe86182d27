/** How a table says that it is asked more than it can take. */
import { Duration } from 'aws-cdk-lib'
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb'
import type { Watch } from './watch.construct.ts'

/** Reads and writes a table turned away. Some are tried again and nobody notices: many are one key asked too often. */
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
