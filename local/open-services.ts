/** The services of one run: each opened, given what the template has for it, then started; closed in the reverse order. */

import type { FunctionUrlDoor } from './gateway/index.ts'
import { making } from './making.ts'
import { AwsFault, type AwsService } from './service.ts'
import type { Handle, Offers, OpenedService, ServiceContext, ServiceModule } from './service-module.ts'

/** All services of a run. */
export interface OpenedServices {
  /** Those that answer behind the endpoint. */
  readonly all: readonly AwsService[]
  readonly offers: Partial<Offers>
  readonly functionUrls: ReadonlyMap<string, FunctionUrlDoor>
  readonly ports: ReadonlyMap<string, Handle>
  readonly cdn: Handle | undefined
  readonly notes: readonly string[]
  /** Begins what they do by themselves; closing the stack ends that and waits for what runs. */
  start(opened: AsyncDisposableStack): Promise<void>
}

/** Opens every service and makes what the template has for it; what was there before keeps its content. */
export async function openServices(
  modules: readonly ServiceModule[],
  settings: Omit<ServiceContext, 'authorize' | 'offers' | 'serviceOf'>,
  opened: AsyncDisposableStack,
): Promise<OpenedServices> {
  const offers: Partial<Offers> = {}
  const byName = new Map<string, OpenedService>()
  const context: ServiceContext = {
    ...settings,
    offers,
    // The policies may name a table's stream, which only the table engine can: until then nobody is asked.
    authorize: (...question) => offers.iam?.authorize(...question),
    serviceOf(arn) {
      const found = byName.get(arn.split(':')[2] ?? '')
      if (found !== undefined) return found
      throw new AwsFault('ResourceNotFoundException', `${arn}: no service of this local cloud`, 404)
    },
  }
  for (const { name, open } of modules) {
    if (open === undefined) continue
    const running = await open(context, opened)
    const { service, create = {} } = running
    if (service !== undefined) opened.defer(() => service.close())
    byName.set(name, running)
    Object.assign(offers, running.offers)
    for (const resource of settings.template.ofType(...Object.keys(create)))
      await making(resource, async () => create[resource.type]?.(resource))
  }
  const all = [...byName.values()]
  return {
    all: all.flatMap(({ service }) => service ?? []),
    offers,
    functionUrls: new Map(all.flatMap(({ functionUrls }) => [...(functionUrls ?? [])])),
    ports: new Map(all.flatMap(({ ports }) => [...(ports ?? [])])),
    cdn: all.find(({ cdn }) => cdn !== undefined)?.cdn,
    notes: all.flatMap(({ notes }) => notes ?? []),
    async start(stack) {
      for (const { start } of all) await start?.(stack)
    },
  }
}
