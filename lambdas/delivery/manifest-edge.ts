/** CloudFront origin-request: makes manifests at the edge, those of channels in the region. */
import type { CloudFrontRequest } from 'aws-lambda'
import { edgeManifests } from '../../lib/delivery/index.ts'
import { runtime } from '../../lib/platform/aws/runtime.ts'

export const handler = edgeManifests<CloudFrontRequest>(runtime)
