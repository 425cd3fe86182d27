/** What all functions of an account share in a region, and how near its end is. */
import { Duration } from 'aws-cdk-lib'
import { Metric } from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import { accountConcurrency } from '../platform/constructs/concurrency.construct.ts'
import type { Watch } from '../platform/constructs/watch.construct.ts'

/** Requests turned away, and, where the quota is known, how much of it is in use. */
export function accountWatches(scope: Construct): readonly Watch[] {
  const quota = accountConcurrency(scope)
  const throttled: Watch = {
    id: 'Throttled',
    title: 'Functions throttled',
    advice:
      'Lambda turns requests away: see which function by its own Throttles, then ask for a higher quota of concurrent executions or share out anew by accountConcurrency.',
    // Without a function's name: of all that run in this account and region, for the pool is theirs, too.
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
      // What runs without a reservation, and all that is reserved whether it runs or not.
      metric: ofAll('ClaimedAccountConcurrency', 'Maximum'),
      wrong: { above: Math.floor(0.9 * quota) },
      unit: 'count',
      periods: 1,
    },
  ]
}

const ofAll = (metricName: string, statistic: string): Metric =>
  new Metric({ namespace: 'AWS/Lambda', metricName, statistic, period: Duration.minutes(5) })
