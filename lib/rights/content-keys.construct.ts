/** The KMS key that wraps content keys, and who may use it for what. */
import { AccountRootPrincipal, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import { Construct } from 'constructs'
import type { HouseFunction } from '../platform/function.construct.ts'
import { kept } from '../platform/kept.construct.ts'

/** What the wrapping key is used for. */
export type KeyUse = 'kms:Decrypt' | 'kms:Encrypt' | 'kms:GenerateDataKey'

/**
 * The KMS key of content keys. It takes two to use it: the function's own role must be granted it, and the key's policy
 * must name that role; both only for a content and a kid, which the wrapping is bound to.
 */
export class ContentKeys extends Construct {
  readonly arn: string
  readonly #key: Key

  constructor(scope: Construct, id: string) {
    super(scope, id)
    this.#key = new Key(this, 'Key', {
      description: 'Wraps content keys',
      enableKeyRotation: true,
      // What it wraps can be opened in another region one day; AWS lets nobody decide that later.
      multiRegion: true,
      policy: new PolicyDocument({
        statements: [
          // Who runs the account may change who uses the key, and not use it: that takes a change somebody sees.
          new PolicyStatement({
            principals: [new AccountRootPrincipal()],
            actions: administration.map((action) => `kms:${action}`),
            resources: ['*'],
          }),
        ],
      }),
      // Without it every film that is protected is lost.
      removalPolicy: kept,
    })
    this.arn = this.#key.keyArn
  }

  grant(user: HouseFunction, use: KeyUse): void {
    if (user.role === undefined) return
    user.addToRolePolicy(boundToKid(new PolicyStatement({ actions: [use], resources: [this.arn] })))
    const statement = boundToKid(
      new PolicyStatement({ principals: [new AccountRootPrincipal()], actions: [use], resources: ['*'] }),
    )
    statement.addCondition('ArnEquals', { 'aws:PrincipalArn': user.role.roleArn })
    this.#key.addToResourcePolicy(statement)
  }
}

const administration = [
  'Create*',
  'Describe*',
  'Enable*',
  'List*',
  'Put*',
  'Update*',
  'Revoke*',
  'Disable*',
  'Get*',
  'Delete*',
  'TagResource',
  'UntagResource',
  'ScheduleKeyDeletion',
  'CancelKeyDeletion',
]

/** For an encryption context of a content and a kid, no more and no less. */
function boundToKid(statement: PolicyStatement): PolicyStatement {
  statement.addCondition('ForAllValues:StringEquals', { 'kms:EncryptionContextKeys': ['contentId', 'kid'] })
  statement.addCondition('Null', {
    'kms:EncryptionContext:contentId': 'false',
    'kms:EncryptionContext:kid': 'false',
  })
  return statement
}
