/** The resource types of CloudFront, but for key-value stores, which are a service of their own. */
import { account } from '../service.ts'
import { hex, ownName, uuid } from '../template/identity.ts'
import type { Identity, ResourceKind, Subject } from '../template/model.ts'

export const cloudFrontKinds: readonly ResourceKind[] = [
  {
    type: 'AWS::CloudFront::Distribution',
    here: 'runs',
    identify: distribution,
    hosts: ({ attribute }, { cdn }) => [[attribute('DomainName'), cdn]],
  },
  { type: 'AWS::CloudFront::Function', here: 'runs', identify: viewerFunction },
  { type: 'AWS::CloudFront::CachePolicy', here: 'runs', identify: policy },
  { type: 'AWS::CloudFront::OriginRequestPolicy', here: 'runs', identify: policy },
  { type: 'AWS::CloudFront::ResponseHeadersPolicy', here: 'runs', identify: policy },
  { type: 'AWS::CloudFront::OriginAccessControl', here: 'runs', identify: capitals },
  { type: 'AWS::CloudFront::PublicKey', here: 'absent', identify: capitals },
  { type: 'AWS::CloudFront::KeyGroup', here: 'absent', identify: policy },
  {
    type: 'AWS::CloudFront::MonitoringSubscription',
    here: { inert: 'more metrics, which nobody reads here' },
  },
]

function distribution(subject: Subject): Identity {
  const digits = hex(subject, 13)
  const name = `E${digits.toUpperCase()}`
  return { name, attributes: { Id: name, DomainName: `d${digits}.cloudfront.net` } }
}

function viewerFunction(subject: Subject): Identity {
  const name = ownName(subject, 'Name', 64)
  const arn = `arn:aws:cloudfront::${account}:function/${name}`
  return {
    name,
    ref: arn,
    attributes: { FunctionARN: arn, 'FunctionMetadata.FunctionARN': arn, Stage: 'LIVE' },
  }
}

function policy(subject: Subject): Identity {
  const name = uuid(subject)
  return { name, attributes: { Id: name } }
}

function capitals(subject: Subject): Identity {
  const name = `E${hex(subject, 13).toUpperCase()}`
  return { name, attributes: { Id: name } }
}
