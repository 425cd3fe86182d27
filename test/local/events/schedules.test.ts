/** Schedules go by the clock: first when their interval has passed, and then again and again. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { startSchedules } from '../../../local/events/schedules.ts'
import { parseDocument } from '../../../local/template/document.ts'
import { loadTemplate } from '../../../local/template/index.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const arn = 'arn:aws:lambda:us-east-1:000000000000:function:f'
function started(properties: object) {
  const document = parseDocument({
    Resources: { Rule: { Type: 'AWS::Events::Rule', Properties: properties } },
  })
  const template = loadTemplate([{ name: 'Small', region: 'us-east-1', document, assets: new Map() }], {
    aws: 'http://127.0.0.1:1',
    cdn: 'http://127.0.0.1:2',
    httpApis: [],
  })
  const fired: unknown[] = []
  const lines: string[] = []
  const stop = startSchedules({
    template,
    lambda: {
      async invokeAsync(name, payload, options) {
        fired.push([name, JSON.parse(payload), options?.caller])
        if (payload.includes('refused')) throw new Error('no permission')
        return { requestId: 'r' }
      },
    },
    log: ({ message }) => void lines.push(message),
  })
  return { fired, lines, stop }
}

it('fires with its input, as the rule, once each interval', () => {
  const { fired, stop } = started({
    ScheduleExpression: 'rate(5 minutes)',
    Targets: [{ Id: 't', Arn: arn, Input: '{"everything":false}' }],
  })
  vi.advanceTimersByTime(299_999)
  expect(fired).toEqual([])
  vi.advanceTimersByTime(1)
  expect(fired).toEqual([
    [
      arn,
      { everything: false },
      {
        kind: 'service',
        principal: 'events.amazonaws.com',
        sourceArn: expect.stringMatching(/^arn:aws:events:us-east-1:000000000000:rule\//),
      },
    ],
  ])
  vi.advanceTimersByTime(600_000)
  expect(fired).toHaveLength(3)
  stop()
  vi.advanceTimersByTime(600_000)
  expect(fired).toHaveLength(3)
})

it('fires without one as EventBridge words it, and goes on where the function may not be called', async () => {
  const { fired, lines } = started({
    ScheduleExpression: 'rate(1 day)',
    Targets: [{ Id: 't', Arn: arn, Input: '"refused"' }],
  })
  await vi.advanceTimersByTimeAsync(2 * 86_400_000)
  expect(fired).toHaveLength(2)
  expect(lines).toEqual(['Rule: no permission', 'Rule: no permission'])
})

it('does not fire where it is disabled, or has a pattern of events instead', async () => {
  const target = { Targets: [{ Id: 't', Arn: arn }] }
  const { fired } = started({ ScheduleExpression: 'rate(1 minute)', State: 'DISABLED', ...target })
  const other = started({ EventPattern: {}, ...target })
  await vi.advanceTimersByTimeAsync(120_000)
  expect([fired, other.fired]).toEqual([[], []])
})

it.each(['rate(1 minutes)', 'rate(5 minute)', 'rate(0 days)', 'cron(0 3 * * ? *)', 'often'])(
  'is refused where it says %s',
  (expression) => {
    expect(() => started({ ScheduleExpression: expression })).toThrow(/EVENTS_SCHEDULE|expected a schedule/)
  },
)
