/** EventBridge among the services: rules with a schedule. */
import { offered, type ServiceModule } from '../service-module.ts'
import { ownName, withArn } from '../template/identity.ts'
import { startSchedules } from './schedules.ts'

export const events: ServiceModule = {
  name: 'events',
  kinds: [
    {
      type: 'AWS::Events::Rule',
      here: 'runs',
      identify: (subject) => withArn(subject, ownName(subject, 'Name', 64), 'events', 'rule/'),
    },
  ],
  open: async (context) => ({
    async start(opened) {
      const { template, log } = context
      opened.defer(startSchedules({ template, log, lambda: offered(context, 'functions') }))
    },
  }),
}
