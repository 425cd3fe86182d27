/** CloudFormation among the services: the stacks it describes are the assembly's own. */
import { region } from '../service.ts'
import type { ServiceModule } from '../service-module.ts'
import { createCloudFormation } from './cloudformation.ts'

export const cloudFormation: ServiceModule = {
  name: 'cloudformation',
  kinds: [],
  open: async ({ template, authorize }) => ({
    service: createCloudFormation({ region, stacks: template.stacks, authorize }),
  }),
}
