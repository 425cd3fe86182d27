/**
 * The regions with an Origin Shield, and the nearest one to each other region (CloudFront Developer Guide, "Origin
 * Shield").
 */
import { HeadendError } from '../../errors.ts'

const shields: ReadonlySet<string> = new Set([
  'us-east-1',
  'us-east-2',
  'us-west-2',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'eu-central-1',
  'eu-west-1',
  'eu-west-2',
  'sa-east-1',
])

/** For regions without one: the one AWS recommends, or else the nearest. */
const nearest: Readonly<Record<string, string>> = {
  'af-south-1': 'eu-west-1',
  'ap-east-1': 'ap-southeast-1',
  'ap-east-2': 'ap-northeast-1',
  'ap-northeast-3': 'ap-northeast-1',
  'ap-south-2': 'ap-south-1',
  'ap-southeast-3': 'ap-southeast-1',
  'ap-southeast-4': 'ap-southeast-2',
  'ap-southeast-5': 'ap-southeast-1',
  'ap-southeast-6': 'ap-southeast-2',
  'ap-southeast-7': 'ap-southeast-1',
  'ca-central-1': 'us-east-1',
  'ca-west-1': 'us-west-2',
  'eu-central-2': 'eu-central-1',
  'eu-north-1': 'eu-west-2',
  'eu-south-1': 'eu-central-1',
  'eu-south-2': 'eu-west-2',
  'eu-west-3': 'eu-west-2',
  'il-central-1': 'eu-central-1',
  'me-central-1': 'ap-south-1',
  'me-south-1': 'ap-south-1',
  'mx-central-1': 'us-east-1',
  'us-west-1': 'us-west-2',
}

/** The shield's region for functions in a region. */
export function nearestShield(region: string): string {
  const shield = shields.has(region) ? region : nearest[region]
  if (shield !== undefined) return shield
  throw new HeadendError(
    'STACK_SHIELD',
    `region ${region}: expected one whose nearest Origin Shield is known, got another; add it to lib/platform/http/origin-shield.ts`,
  )
}
