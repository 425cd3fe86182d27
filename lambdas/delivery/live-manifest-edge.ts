/** CloudFront origin-request, where the operator wants manifests of channels made at the edge, too. */
import type { CloudFrontRequest } from 'aws-lambda'
import { clockUrlOf, liveSource } from '../../lib/channels/index.ts'
import { liveStore } from '../../lib/channels/live/store.ts'
import { edgeManifests } from '../../lib/delivery/index.ts'
import { runtime } from '../../lib/platform/aws/runtime.ts'

export const handler = edgeManifests<CloudFrontRequest>(runtime, ({ setting, playbackUrl }) => [
  liveSource({
    live: liveStore({ table: setting('channels-table'), region: setting('region') }),
    now: Date.now,
    clockUrl: clockUrlOf(() => Promise.resolve({ playbackUrl })),
  }),
])
