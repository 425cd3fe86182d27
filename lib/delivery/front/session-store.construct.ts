/** The key-value store that every edge reads: keys of session tokens, sessions revoked, what is protected. */
import { Aws } from 'aws-cdk-lib'
import { type IKeyValueStore, ImportSource, KeyValueStore } from 'aws-cdk-lib/aws-cloudfront'
import { Construct } from 'constructs'
import { adopted } from '../../platform/constructs/adopted.construct.ts'
import { kept } from '../../platform/constructs/kept.construct.ts'
import { stackMark } from '../../platform/constructs/stack-mark.construct.ts'

/** The store. */
export function sessionStore(scope: Construct): IKeyValueStore {
  const arn = adopted(scope, 'SessionStore')
  if (arn !== undefined) return KeyValueStore.fromKeyValueStoreArn(scope, 'Sessions', arn)
  const store = new KeyValueStore(new Construct(scope, 'Delivery'), 'Sessions', {
    // One that was kept when its stack went has the same stack's name, and not the same stack's id.
    keyValueStoreName: `${Aws.STACK_NAME}-${stackMark}`,
    comment: 'headend session keys, revocations, protected content',
    // Nothing leaves in the clear until the marks of what is protected are written: none would mean nothing protected.
    source: ImportSource.fromInline(JSON.stringify({ data: [{ key: 'm', value: 'pending' }] })),
  })
  store.applyRemovalPolicy(kept)
  return store
}
