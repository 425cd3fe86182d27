/** `AWS::Events::Rule` with a schedule: a clock that invokes functions, first when its interval has passed once. */
import { LocalError } from '../errors.ts'
import { optionalText, records, text } from '../json-input.ts'
import type { Lambda, Log } from '../lambda/index.ts'
import type { Resource, Template } from '../template/model.ts'

export interface ScheduleSettings {
  readonly template: Template
  readonly lambda: Pick<Lambda, 'invokeAsync'>
  readonly log: Log
}

const unitMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/** Starts the clocks of all rules that have one; gives how to stop them. */
export function startSchedules({ template, lambda, log }: ScheduleSettings): () => void {
  const timers = template.ofType('AWS::Events::Rule').flatMap((rule) => {
    const { properties } = rule
    const expression = optionalText(properties, 'ScheduleExpression')
    if (expression === undefined || properties['State'] === 'DISABLED') return []
    const everyMs = intervalMs(rule, expression)
    return records(properties, 'Targets').map((target) => {
      const fire = () => invoke(text(target, 'Arn'), optionalText(target, 'Input'), rule)
      const timer = setInterval(() => void fire(), everyMs)
      timer.unref()
      return timer
    })
  })
  const invoke = async (arn: string, input: string | undefined, rule: Resource): Promise<void> => {
    const sourceArn = rule.attribute('Arn')
    const caller = { kind: 'service', principal: 'events.amazonaws.com', sourceArn } as const
    try {
      await lambda.invokeAsync(arn, input ?? scheduledEvent(sourceArn), { caller })
    } catch (error) {
      const message = `${rule.id}: ${error instanceof Error ? error.message : String(error)}`
      log({ time: new Date().toISOString(), level: 'ERROR', source: 'events', message })
    }
  }
  return () => {
    for (const timer of timers) clearInterval(timer)
  }
}

/** `rate(5 minutes)`; `rate(1 minutes)` is refused as AWS refuses it. */
function intervalMs({ id }: Pick<Resource, 'id'>, expression: string): number {
  const [, count = '', unit = '', plural] =
    /^rate\(([1-9]\d*) (minute|hour|day)(s)?\)$/.exec(expression) ?? []
  const each = unitMs[unit]
  if (each !== undefined && (count === '1') === (plural === undefined)) return Number(count) * each
  throw new LocalError(
    'EVENTS_SCHEDULE',
    `${id}: expected a schedule such as rate(5 minutes), the only kind known here, got ${expression}`,
  )
}

const scheduledEvent = (ruleArn: string): string =>
  JSON.stringify({
    version: '0',
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    time: new Date().toISOString(),
    resources: [ruleArn],
    detail: {},
  })
