/** The KMS key that wraps content keys, and its policy. */
import { Stack, Validations } from 'aws-cdk-lib'
import { AccountRootPrincipal, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import { AwsCustomResource, AwsCustomResourcePolicy, PhysicalResourceId } from 'aws-cdk-lib/custom-resources'
import { Construct } from 'constructs'
import { adopted } from '../platform/constructs/adopted.construct.ts'
import type { HouseFunction } from '../platform/constructs/function.construct.ts'
import { kept } from '../platform/constructs/kept.construct.ts'
import { houseLog } from '../platform/constructs/log.construct.ts'

/** KMS actions the wrapping key is granted for. */
export type KeyUse = 'kms:Decrypt' | 'kms:Encrypt' | 'kms:GenerateDataKey'

/**
 * The KMS key of content keys. Using it takes two grants, one in the function's own role and one in the key policy that
 * names the role; both apply only with the contentId and kid the wrapping is bound to.
 */
export class ContentKeys extends Construct {
  readonly arn: string
  readonly #policy = new PolicyDocument({
    statements: [
      // Account administrators may change the key policy but not use the key: to use it they must make a visible
      // change.
      new PolicyStatement({
        principals: [new AccountRootPrincipal()],
        actions: administration.map((action) => `kms:${action}`),
        resources: ['*'],
      }),
    ],
  })

  constructor(scope: Construct, id: string) {
    super(scope, id)
    const taken = adopted(this, 'ContentKeys')
    this.arn = taken ?? contentKey(this, this.#policy).keyArn
    if (taken !== undefined) putPolicy(this, taken, this.#policy)
  }

  grant(user: HouseFunction, use: KeyUse): void {
    if (user.role === undefined) return
    user.addToRolePolicy(boundToKid(new PolicyStatement({ actions: [use], resources: [this.arn] })))
    const statement = boundToKid(
      new PolicyStatement({ principals: [new AccountRootPrincipal()], actions: [use], resources: ['*'] }),
    )
    statement.addCondition('ArnEquals', { 'aws:PrincipalArn': user.role.roleArn })
    this.#policy.addStatements(statement)
  }
}

function contentKey(scope: Construct, policy: PolicyDocument): Key {
  return new Key(scope, 'Key', {
    description: 'Wraps content keys',
    enableKeyRotation: true,
    // Allows decryption in another region later; AWS fixes this at creation.
    multiRegion: true,
    policy,
    // Without the key every protected asset is lost.
    removalPolicy: kept,
  })
}

/** Replaces the policy of an adopted key at deployment, since it still names the functions of the earlier stack. */
function putPolicy(scope: Construct, keyArn: string, policy: PolicyDocument): void {
  const onUpdate = {
    service: 'KMS',
    action: 'PutKeyPolicy',
    parameters: { KeyId: keyArn, PolicyName: 'default', Policy: Stack.of(scope).toJsonString(policy) },
    physicalResourceId: PhysicalResourceId.of(keyArn),
  }
  const put = new AwsCustomResource(scope, 'PutPolicy', {
    onUpdate,
    policy: AwsCustomResourcePolicy.fromStatements([
      new PolicyStatement({ actions: ['kms:PutKeyPolicy'], resources: [keyArn] }),
    ]),
    installLatestAwsSdk: false,
    logGroup: houseLog(scope, 'PutPolicyLog'),
  })
  const provider = Stack.of(put).node.tryFindChild(
    `AWS${AwsCustomResource.PROVIDER_FUNCTION_UUID.replaceAll('-', '')}`,
  )
  if (provider === undefined) return
  Validations.of(provider).acknowledge(
    ...[
      'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
      'L1',
    ].map((finding) => ({
      id: `AwsSolutions-${finding}`,
      reason: "CDK's own function: it puts the policy of the key that was taken over, at a deploy only.",
    })),
  )
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

/** Requires an encryption context of exactly contentId and kid. */
function boundToKid(statement: PolicyStatement): PolicyStatement {
  statement.addCondition('ForAllValues:StringEquals', { 'kms:EncryptionContextKeys': ['contentId', 'kid'] })
  statement.addCondition('Null', {
    'kms:EncryptionContext:contentId': 'false',
    'kms:EncryptionContext:kid': 'false',
  })
  return statement
}
