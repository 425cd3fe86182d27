/** CDK's deployments into buckets among the services: what its own function would do, done natively. */
import type { ServiceModule } from '../service-module.ts'
import { hex, ownText } from '../template/identity.ts'
import { runDeployments } from './deployments.ts'

export const bucketDeployment: ServiceModule = {
  name: 'bucket-deployment',
  kinds: [
    {
      type: 'Custom::CDKBucketDeployment',
      here: 'runs',
      identify: (subject) => ({
        name: `aws.cdk.s3deployment.${hex(subject, 20)}`,
        attributes: { DestinationBucketArn: ownText(subject, 'DestinationBucketArn') ?? '' },
      }),
    },
  ],
  open: async (context) => ({ start: () => runDeployments(context) }),
}
