/** The operator's own web ACL for the distribution: `-c waf=<ARN of a web ACL>`. */
import type { Construct } from 'constructs'
import { HeadendError } from '../../errors.ts'

/** ARN of the web ACL in the context; undefined if none is set. CloudFront requires us-east-1 and scope CLOUDFRONT. */
export function webAclOf(scope: Construct): string | undefined {
  const said: unknown = scope.node.tryGetContext('waf')
  if (said === undefined) return undefined
  if (typeof said === 'string' && webAcl.test(said)) return said
  throw new HeadendError(
    'STACK_CONTEXT',
    `context waf: expected arn:aws:wafv2:us-east-1:<account>:global/webacl/<name>/<id>, got ${JSON.stringify(said).slice(0, 200)}`,
  )
}

const webAcl = /^arn:aws[a-z-]*:wafv2:us-east-1:\d{12}:global\/webacl\/[\w-]{1,128}\/[\w-]{1,36}$/
