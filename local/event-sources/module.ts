/** Event source mappings among the services: what polls queues and streams for functions. */
import { join } from 'node:path'
import { making } from '../making.ts'
import type { Caller } from '../service.ts'
import { deliver, offered, type ServiceModule } from '../service-module.ts'
import { serviceArn, uuid } from '../template/identity.ts'
import type { Identity, Subject } from '../template/model.ts'
import { openCheckpoints } from './checkpoints.ts'
import { createMapping } from './create-mapping.ts'

export const eventSources: ServiceModule = {
  name: 'event-sources',
  kinds: [{ type: 'AWS::Lambda::EventSourceMapping', here: 'runs', identify: mapping }],
  open: async (context) => ({
    async start(opened) {
      const { template, authorize, log, dataDir, serviceOf } = context
      const settings = {
        template,
        authorize,
        log,
        serviceOf,
        functions: offered(context, 'functions'),
        checkpoints: await openCheckpoints(join(dataDir, 'checkpoints')),
        deliver: (arn: string, { body }: { readonly body: string }, caller: Caller) =>
          deliver(context, { arn, body, caller }),
      }
      for (const resource of template.ofType('AWS::Lambda::EventSourceMapping')) {
        await making(resource, async () => {
          const created = await createMapping(settings, resource)
          if (created === undefined) return
          opened.defer(() => created.close())
          created.start()
        })
      }
    },
  }),
}

function mapping(subject: Subject): Identity {
  const name = uuid(subject)
  const arn = serviceArn(subject, 'lambda', `event-source-mapping:${name}`)
  return { name, attributes: { Id: name, EventSourceMappingArn: arn } }
}
