/** Where manifests of channels are made: `-c liveManifests=edge` or `region`. */
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb'
import type { Construct } from 'constructs'
import { HeadendError } from '../../errors.ts'
import type { HouseFunction } from '../../platform/constructs/function.construct.ts'

/** Channels as their manifests need them. */
export interface ShownChannels {
  readonly table: ITableV2
  /** Lets a function read channels. */
  grantRead(manifests: HouseFunction): void
}

/** Whether it is the edge; throws STACK_CONTEXT for what is neither. @default the region */
export function areLiveManifestsAtEdge(scope: Construct): boolean {
  const said: unknown = scope.node.tryGetContext('liveManifests')
  if (said === undefined || said === 'region') return false
  if (said === 'edge') return true
  throw new HeadendError(
    'STACK_CONTEXT',
    `context liveManifests: expected edge or region, got ${JSON.stringify(said).slice(0, 200)}`,
  )
}
