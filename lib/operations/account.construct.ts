/** Watches the concurrency that all functions of an account share in a region. */
import { Duration } from 'aws-cdk-lib'
import { Metric } from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import { accountConcurrency } from '../platform/constructs/concurrency.construct.ts'
import type { Watch } from '../platform/constructs/watch.construct.ts'

/** Throttled invocations, and, if the quota is known, its utilisation. */
export function accountWatches(scope: Construct): readonly Watch[] {
  const quota = accountConcurrency(scope)
  const throttled: Watch = {
    id: 'Throttled',
    title: 'Functions throttled',
    advice:
      'Lambda turns requests away: see which function by its own Throttles, then ask for a higher quota of concurrent executions or share out anew by accountConcurrency.',
    // Without a function's name: for all functions of this account and region, which share the pool.
    metric: ofAll('Throttles', 'Sum'),
    wrong: { above: 0 },
    unit: 'count',
    periods: 2,
  }
  if (quota === undefined) return [throttled]
  return [
    throttled,
    {
      id: 'Concurrency',
      title: 'Concurrent executions',
      advice: `Soon requests are turned away: ask for more than ${quota}, or find what asks so much.`,
      // Unreserved concurrency in use, plus all reserved concurrency, in use or not.
      metric: ofAll('ClaimedAccountConcurrency', 'Maximum'),
      wrong: { above: Math.floor(0.9 * quota) },
      unit: 'count',
      periods: 1,
    },
  ]
}

const ofAll = (metricName: string, statistic: string): Metric =>
  new Metric({ namespace: 'AWS/Lambda', metricName, statistic, period: Duration.minutes(5) })
