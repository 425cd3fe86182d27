/** EventBridge Scheduler among the services. */
import { join } from 'node:path'
import { deliver, offered, type ServiceModule } from '../service-module.ts'
import { ownName, serviceArn } from '../template/identity.ts'
import { scheduleOf } from './schedule.ts'
import { createScheduler } from './scheduler.ts'

export const scheduler: ServiceModule = {
  name: 'scheduler',
  kinds: [
    {
      type: 'AWS::Scheduler::Schedule',
      here: 'runs',
      identify: (subject) => {
        const name = ownName(subject, 'Name', 64)
        return { name, attributes: { Arn: serviceArn(subject, 'scheduler', `schedule/default/${name}`) } }
      },
    },
  ],
  async open(context, opened) {
    const { template, dataDir, log } = context
    const settings = { template, iam: offered(context, 'iam') }
    const service = await createScheduler({
      path: join(dataDir, 'scheduler.jsonl'),
      oncePath: join(dataDir, 'schedules.jsonl'),
      log,
      send: (arn, body, caller, attributes) =>
        deliver(context, { arn, body, caller, ...(attributes !== undefined && { attributes }) }),
    })
    opened.defer(() => service.close())
    return {
      create: {
        'AWS::Scheduler::Schedule': async (resource) => {
          const schedule = scheduleOf(settings, resource)
          if (schedule !== undefined) await service.create(schedule)
        },
      },
      start: async () => service.start(),
    }
  },
}
