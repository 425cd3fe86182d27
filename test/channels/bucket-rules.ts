/** The lifecycle rules of a bucket as it is deployed. */
import type { LifecycleRule } from '../../local/s3/index.ts'
import { headend, templateOf } from '../stack/synth.ts'
import { at, list, number, ofType, text } from '../stack/template.ts'

/** The lifecycle of the bucket whose id begins so. */
export function rulesOf(bucket: string): readonly LifecycleRule[] {
  const template = templateOf(headend().stacks)
  const found = ofType(template, 'AWS::S3::Bucket').find(({ id }) => id.startsWith(bucket))
  return list(at(found?.properties, 'LifecycleConfiguration', 'Rules')).map((rule) => {
    const tags = list(at(rule, 'TagFilters')).map((tag) => [text(at(tag, 'Key')), text(at(tag, 'Value'))])
    const expirationDays = number(at(rule, 'ExpirationInDays'), 0)
    const noncurrent = number(at(rule, 'NoncurrentVersionExpiration', 'NoncurrentDays'), 0)
    return {
      enabled: at(rule, 'Status') === 'Enabled',
      ...(at(rule, 'Prefix') !== undefined && { prefix: text(at(rule, 'Prefix')) }),
      ...(tags.length > 0 && { tags: Object.fromEntries(tags) as Record<string, string> }),
      ...(expirationDays > 0 && { expirationDays }),
      ...(noncurrent > 0 && { noncurrentVersionExpirationDays: noncurrent }),
      ...(at(rule, 'ExpiredObjectDeleteMarker') === true && { expiredObjectDeleteMarker: true }),
    }
  })
}
