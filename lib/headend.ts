/** The whole headend as one stack, in the order of the flow: upload, timeline, manifest and segment, operator. */
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib'
import { Key } from 'aws-cdk-lib/aws-kms'
import type { Construct } from 'constructs'
import { Catalogue } from './catalogue/construct.ts'
import { Delivery, type Domain } from './delivery/construct.ts'
import { HeadendError } from './errors.ts'
import { accountWatches } from './operations/account.construct.ts'
import { Operations } from './operations/construct.ts'
import { Packaging } from './packaging/construct.ts'
import { logBucket } from './platform/bucket.construct.ts'
import { Rights } from './rights/construct.ts'

export interface HeadendProps extends StackProps {
  /** @default dist: where `npm run build` puts bundles and pages */
  readonly dist?: string
  /** @default CloudFront's own name and certificate */
  readonly domain?: Domain | undefined
}

export class Headend extends Stack {
  constructor(scope: Construct, id: string, props: HeadendProps = {}) {
    super(scope, id, { description: 'A TV headend', ...props, env: { region: edgeRegion, ...props.env } })
    refuseOtherRegions(this.region)
    const { dist = 'dist', domain } = props

    const logs = logBucket(this, 'Logs')
    const key = new Key(this, 'Key', {
      description: 'Films and what is made of them',
      enableKeyRotation: true,
    })
    // Keys and policies of what is protected, and the licences players get.
    const rights = new Rights(this, 'Rights', { dist })
    // A film is put into the upload bucket; what describes it is read and its timeline written.
    const packaging = new Packaging(this, 'Packaging', { dist, key, logs, rights })
    // The operator sees it, and uploads through the console, by the API.
    const catalogue = new Catalogue(this, 'Catalogue', { dist, packaging, rights })
    // A player asks CloudFront: manifests are printed at the edge, segments made by the packager, licences given.
    const delivery = new Delivery(this, 'Delivery', {
      dist,
      packaging,
      apiUrl: catalogue.url,
      licences: rights.licences,
      logs,
      domain,
    })
    catalogue.playsThrough(delivery)
    rights.givesLicencesAt(delivery.licenceUrl)
    rights.marksAt(delivery.sessions.keyValueStoreArn)
    // What goes wrong in a room wakes someone.
    new Operations(this, 'Operations', {
      watches: {
        Packaging: packaging.watches,
        Rights: rights.watches,
        Delivery: delivery.watches,
        Catalogue: catalogue.watches,
        Account: accountWatches(this),
      },
    })

    this.#output('UploadBucket', packaging.upload.bucketName)
    this.#output('MediaBucket', packaging.media.bucketName)
    this.#output('PlaybackUrl', delivery.playbackUrl)
    this.#output('ApiUrl', catalogue.url)
    this.#output('LicenceUrl', delivery.licenceUrl)
    this.#output('SpekeUrl', rights.spekeUrl)
    this.#output('SpekeBasicUrl', rights.spekeBasicUrl)
    this.#output('ConsoleUrl', delivery.playbackUrl)
  }

  #output(name: string, value: string): void {
    new CfnOutput(this, name, { value })
  }
}

const edgeRegion = 'us-east-1'

// CloudFront's metrics and its edge function live in us-east-1 alone: elsewhere the alarms could not see the
// distribution, and the edge function would be a second stack.
function refuseOtherRegions(region: string): void {
  if (region === edgeRegion) return
  throw new HeadendError(
    'STACK_REGION',
    `stack Headend: expected region ${edgeRegion}, where CloudFront keeps its edge functions and metrics, got ${region}`,
  )
}
