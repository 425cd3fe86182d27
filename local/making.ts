/** Makes one resource, so that what goes wrong is said with its name. */
import { LocalError } from './errors.ts'
import type { Resource } from './template/model.ts'

/** Runs `make`; its error names the resource as `cdk deploy` does. */
export async function making(
  resource: Resource,
  make: (resource: Resource) => Promise<unknown>,
): Promise<void> {
  try {
    await make(resource)
  } catch (cause) {
    if (cause instanceof LocalError) throw cause
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new LocalError('LOCAL_RESOURCE_FAILED', `${resource.id} (${resource.type}): ${why}`, { cause })
  }
}
