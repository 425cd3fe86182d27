/** S3 among the services: buckets, their policies, and the notifications CDK sets by a resource of its own. */
import { join } from 'node:path'
import { identifySigner } from '../gateway/index.ts'
import { offered, type ServiceModule } from '../service-module.ts'
import { ownText, stackName } from '../template/identity.ts'
import type { Identity, ResourceKind, Subject } from '../template/model.ts'
import { assertDestinations, bucketOptions } from './bucket-options.ts'
import { createS3 } from './index.ts'
import { deliverNotification } from './storing/notify.ts'

const kinds: readonly ResourceKind[] = [
  {
    type: 'AWS::S3::Bucket',
    here: 'runs',
    identify: bucket,
    hosts: ({ name, attribute }, { aws }) =>
      ['DomainName', 'RegionalDomainName', 'DualStackDomainName'].map((host) => [
        attribute(host),
        `${aws}/${name}`,
      ]),
  },
  {
    type: 'AWS::S3::BucketPolicy',
    here: 'runs',
    identify: (subject) => ({ name: ownText(subject, 'Bucket') ?? subject.id }),
    policies: ({ id, properties }) => [
      {
        arn: `arn:aws:s3:::${String(properties['Bucket'])}`,
        document: properties['PolicyDocument'],
        where: id,
      },
    ],
  },
  {
    type: 'Custom::S3BucketNotifications',
    here: 'runs',
  },
  {
    type: 'Custom::S3AutoDeleteObjects',
    here: { inert: 'objects stay until the data directory is deleted' },
  },
]

export const s3: ServiceModule = {
  name: 's3',
  kinds,
  async open(context) {
    const { template, dataDir, authorize, credentials, faults } = context
    const service = await createS3({
      dir: join(dataDir, 's3'),
      authorize,
      identifySigner: (form) => identifySigner(form, credentials),
      emit: (event) => deliverNotification(context, event),
      faults,
    })
    return {
      service,
      create: {
        'AWS::S3::Bucket': async (resource) => {
          const options = bucketOptions(template, resource)
          assertDestinations(offered(context, 'iam'), options)
          await service.createBucket(options)
        },
      },
    }
  },
}

function bucket(subject: Subject): Identity {
  const name = ownText(subject, 'BucketName') ?? stackName(subject, 63).toLowerCase()
  return {
    name,
    attributes: {
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${subject.region}.amazonaws.com`,
      DualStackDomainName: `${name}.s3.dualstack.${subject.region}.amazonaws.com`,
    },
  }
}
