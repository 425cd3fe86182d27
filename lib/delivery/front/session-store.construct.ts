/** The key-value store read at every edge: keys of session tokens, revoked sessions, marks of protected content. */
import { Aws } from 'aws-cdk-lib'
import { type IKeyValueStore, ImportSource, KeyValueStore } from 'aws-cdk-lib/aws-cloudfront'
import { Construct } from 'constructs'
import { adopted } from '../../platform/constructs/adopted.construct.ts'
import { kept } from '../../platform/constructs/kept.construct.ts'
import { stackMark } from '../../platform/constructs/stack-mark.construct.ts'

/** The session store, adopted or new. */
export function sessionStore(scope: Construct): IKeyValueStore {
  const arn = adopted(scope, 'SessionStore')
  if (arn !== undefined) return KeyValueStore.fromKeyValueStoreArn(scope, 'Sessions', arn)
  const store = new KeyValueStore(new Construct(scope, 'Delivery'), 'Sessions', {
    // A retained store of a deleted stack has the same stack name but a different stack ID.
    keyValueStoreName: `${Aws.STACK_NAME}-${stackMark}`,
    comment: 'headend session keys, revocations, protected content',
    // Nothing is served in the clear until the marks of protected content are written: an empty store would mean that
    // nothing is protected.
    source: ImportSource.fromInline(JSON.stringify({ data: [{ key: 'm', value: 'pending' }] })),
  })
  store.applyRemovalPolicy(kept)
  return store
}
