/** CloudFront among the services: one distribution, which has a port, and its own API. */
import { LocalError } from '../errors.ts'
import { offered, type ServiceModule } from '../service-module.ts'
import type { Resource } from '../template/model.ts'
import { createDistribution } from './distribution.ts'
import { createInvalidations } from './invalidation/invalidations.ts'
import { cloudFrontKinds } from './kinds.ts'
import { distributionOptions } from './resources/distributions.ts'
import { originConnections } from './resources/origins.ts'
import { createFunctionApi } from './viewer-function/function-api.ts'

export const cloudFront: ServiceModule = {
  name: 'cloudfront',
  kinds: cloudFrontKinds,
  async open(context, opened) {
    const { template, authorize, credentials, log } = context
    const resource = only(template.ofType('AWS::CloudFront::Distribution'))
    const settings = {
      template,
      log,
      iam: offered(context, 'iam'),
      functions: offered(context, 'functions'),
      keyValues: offered(context, 'keyValues'),
      secretValue: offered(context, 'secretValue'),
      connect: originConnections(template, credentials),
    }
    const distribution = resource && createDistribution(distributionOptions(settings, resource))
    if (distribution !== undefined) opened.defer(() => distribution.close())
    const distributions = () => (distribution === undefined ? [] : [distribution])
    const invalidations = createInvalidations({ authorize, distributions })
    const service = createFunctionApi(
      { authorize, functions: () => distribution?.functions() ?? [] },
      invalidations,
    )
    return {
      service,
      offers: { behaviours: () => distribution?.stats() ?? {} },
      ...(distribution !== undefined && {
        cdn: (request, response) => distribution.handle(request, response),
      }),
    }
  },
}

/** CloudFront has one port here. */
function only(resources: readonly Resource[]): Resource | undefined {
  const [first, ...others] = resources
  if (others.length === 0) return first
  const names = resources.map(({ id }) => id).join(', ')
  throw new LocalError(
    'LOCAL_DOORS',
    `expected one ${first?.type}, got ${names}: this cloud has one port for it`,
  )
}
