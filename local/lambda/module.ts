/** Lambda among the services: the functions of the template, each held to its role. */
import { join } from 'node:path'
import { deliver, offered, type ServiceModule } from '../service-module.ts'
import { functionDefinition, handlersOfCdk } from './function-resource.ts'
import { lambdaKinds } from './kinds.ts'
import { createLambda } from './lambda.ts'

export const lambda: ServiceModule = {
  name: 'lambda',
  kinds: lambdaKinds,
  async open(context) {
    const { template, dataDir, awsEndpoint, authorize, credentials, faults, limits, log } = context
    const service = await createLambda({
      authorize,
      log,
      faults,
      endpoint: awsEndpoint,
      dataDir: join(dataDir, 'lambda'),
      deliver: (arn, { body }, caller) => deliver(context, { arn, body, caller }),
      ...(limits !== undefined && { limits }),
    })
    const settings = {
      template,
      credentials,
      iam: offered(context, 'iam'),
      inlineDir: join(dataDir, 'inline-code'),
    }
    const natively = handlersOfCdk(template)
    return {
      service,
      create: {
        'AWS::Lambda::Function': async (resource) => {
          if (natively.has(resource.attribute('Arn'))) return
          service.defineFunction(await functionDefinition(settings, resource))
        },
      },
      receive: (arn, body, caller) => service.invokeAsync(arn, body, { caller }),
      offers: { functions: service },
      start: () => service.resume(),
    }
  },
}
