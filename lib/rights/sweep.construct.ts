/**
 * Scheduled maintenance of the edge store for assets and sessions: unfinished publications every five minutes,
 * everything once a day.
 */
import { Duration } from 'aws-cdk-lib'
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations'
import type { Construct } from 'constructs'
import { HouseFunction } from '../platform/constructs/function.construct.ts'
import { failureQueue } from '../platform/constructs/queue.construct.ts'
import type { Watch } from '../platform/constructs/watch.construct.ts'

export interface SweepProps {
  readonly dist: string
  readonly environment: Readonly<Record<string, string>>
}

export class Sweep {
  readonly function: HouseFunction
  readonly watches: readonly Watch[]

  constructor(scope: Construct, { dist, environment }: SweepProps) {
    this.function = new HouseFunction(scope, 'Sweep', {
      dist,
      bundle: 'rights/sweep',
      description: 'Finishes publications that broke off, and sweeps what the edge need not know any more',
      memoryMb: 512,
      // After a store is replaced, one run writes the marks of all assets.
      timeout: Duration.minutes(15),
      environment,
    })
    // The next run retries what failed: failures are inspected, not resent.
    const failed = failureQueue(
      scope,
      'SweepFailed',
      'This is where failures go; the watch over the function wakes someone.',
    )
    this.function.configureAsyncInvoke({ retryAttempts: 0, onFailure: new SqsDestination(failed) })
    const schedule = (id: string, every: Duration, everything: boolean) =>
      new Rule(scope, id, {
        description: everything ? 'Sweeps the store at the edge' : 'Finishes what broke off',
        schedule: Schedule.rate(every),
        targets: [new LambdaFunction(this.function, { event: RuleTargetInput.fromObject({ everything }) })],
      })
    schedule('FinishSoon', Duration.minutes(5), false)
    schedule('SweepDaily', Duration.days(1), true)
    this.watches = [
      this.function.watchFaults(
        'Sweep faults',
        'What was protected may still lie in caches, though nobody is given it, and the store at the edge fills: read the log of Sweep.',
      ),
      {
        id: 'EdgeStoreFull',
        title: 'Edge store',
        advice:
          'At 100 % no film can be protected and no session revoked: take policies from films nobody plays, and see in the log of Sweep what it could not take away.',
        metric: this.function.measureLines('EdgeStoreFull', '{ $.fullPercent = * }', '$.fullPercent'),
        wrong: { above: 80 },
        unit: '%',
        periods: 1,
      },
    ]
  }
}
