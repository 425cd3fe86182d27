/** The XML of a bucket's settings, both ways. */
import { invalidArgument, malformedXml } from './faults.ts'
import type { BucketNotification, CorsRule, Encryption, LifecycleRule, Transition } from './model.ts'
import { checkedRule } from './storing/transitions.ts'
import { elements, integerOf, requiredText, textOf, type XmlElement, type XmlNode } from './xml.ts'

const texts = (parent: XmlElement, name: string) => elements(parent, name).map(({ text }) => text)
const optional = (name: string, value: string | number | boolean | undefined): XmlNode | undefined =>
  value === undefined ? undefined : [name, value]

export const parseCors = (document: XmlElement): readonly CorsRule[] =>
  elements(document, 'CORSRule').map((rule) => {
    const allowedOrigins = texts(rule, 'AllowedOrigin')
    const allowedMethods = texts(rule, 'AllowedMethod')
    if (allowedOrigins.length === 0 || allowedMethods.length === 0) throw malformedXml()
    return {
      id: textOf(rule, 'ID'),
      allowedOrigins,
      allowedMethods,
      allowedHeaders: texts(rule, 'AllowedHeader'),
      exposeHeaders: texts(rule, 'ExposeHeader'),
      maxAgeSeconds: integerOf(rule, 'MaxAgeSeconds'),
    }
  })

export const printCors = (rules: readonly CorsRule[]): readonly XmlNode[] =>
  rules.map((rule) => [
    'CORSRule',
    [
      optional('ID', rule.id),
      ...(rule.allowedHeaders ?? []).map((header): XmlNode => ['AllowedHeader', header]),
      ...rule.allowedMethods.map((method): XmlNode => ['AllowedMethod', method]),
      ...rule.allowedOrigins.map((origin): XmlNode => ['AllowedOrigin', origin]),
      ...(rule.exposeHeaders ?? []).map((header): XmlNode => ['ExposeHeader', header]),
      optional('MaxAgeSeconds', rule.maxAgeSeconds),
    ],
  ])

export const parseLifecycle = (document: XmlElement): readonly LifecycleRule[] =>
  elements(document, 'Rule').map((rule) => {
    const filter = elements(rule, 'Filter')[0]
    const all = filter && (elements(filter, 'And')[0] ?? filter)
    const expiration = elements(rule, 'Expiration')[0]
    const noncurrent = elements(rule, 'NoncurrentVersionExpiration')[0]
    const abort = elements(rule, 'AbortIncompleteMultipartUpload')[0]
    const tags = all
      ? elements(all, 'Tag').map((tag) => [requiredText(tag, 'Key'), requiredText(tag, 'Value')])
      : []
    const transitions = transitionsOf(rule, 'Transition', 'Days')
    const noncurrentTransitions = transitionsOf(rule, 'NoncurrentVersionTransition', 'NoncurrentDays')
    return checkedRule({
      id: textOf(rule, 'ID'),
      enabled: requiredText(rule, 'Status') === 'Enabled',
      prefix: (all && textOf(all, 'Prefix')) ?? textOf(rule, 'Prefix'),
      tags: tags.length > 0 ? Object.fromEntries(tags) : undefined,
      expirationDays: expiration && integerOf(expiration, 'Days'),
      expiredObjectDeleteMarker: expiration && textOf(expiration, 'ExpiredObjectDeleteMarker') === 'true',
      noncurrentVersionExpirationDays: noncurrent && integerOf(noncurrent, 'NoncurrentDays'),
      newerNoncurrentVersions: noncurrent && integerOf(noncurrent, 'NewerNoncurrentVersions'),
      abortIncompleteMultipartUploadDays: abort && integerOf(abort, 'DaysAfterInitiation'),
      ...(transitions.length > 0 && { transitions }),
      ...(noncurrentTransitions.length > 0 && { noncurrentTransitions }),
    })
  })

const transitionsOf = (rule: XmlElement, name: string, days: string): Transition[] =>
  elements(rule, name).map((one) => {
    const count = integerOf(one, days)
    if (count === undefined) throw malformedXml()
    return { days: count, storageClass: requiredText(one, 'StorageClass') }
  })

const printTransitions = (name: string, days: string, list: readonly Transition[] = []): XmlNode[] =>
  list.map((one) => [
    name,
    [
      [days, one.days],
      ['StorageClass', one.storageClass],
    ],
  ])

export const printLifecycle = (rules: readonly LifecycleRule[]): readonly XmlNode[] =>
  rules.map((rule) => [
    'Rule',
    [
      optional('ID', rule.id),
      ['Filter', lifecycleFilter(rule)],
      ['Status', rule.enabled ? 'Enabled' : 'Disabled'],
      ...printTransitions('Transition', 'Days', rule.transitions),
      ...printTransitions('NoncurrentVersionTransition', 'NoncurrentDays', rule.noncurrentTransitions),
      rule.expirationDays === undefined && !rule.expiredObjectDeleteMarker
        ? undefined
        : [
            'Expiration',
            [
              optional('Days', rule.expirationDays),
              rule.expiredObjectDeleteMarker ? ['ExpiredObjectDeleteMarker', true] : undefined,
            ],
          ],
      rule.noncurrentVersionExpirationDays === undefined
        ? undefined
        : [
            'NoncurrentVersionExpiration',
            [
              ['NoncurrentDays', rule.noncurrentVersionExpirationDays],
              optional('NewerNoncurrentVersions', rule.newerNoncurrentVersions),
            ],
          ],
      rule.abortIncompleteMultipartUploadDays === undefined
        ? undefined
        : [
            'AbortIncompleteMultipartUpload',
            [['DaysAfterInitiation', rule.abortIncompleteMultipartUploadDays]],
          ],
    ],
  ])

function lifecycleFilter({ prefix, tags }: LifecycleRule): readonly XmlNode[] {
  const tagNodes = Object.entries(tags ?? {}).map(
    ([key, value]): XmlNode => [
      'Tag',
      [
        ['Key', key],
        ['Value', value],
      ],
    ],
  )
  if (tagNodes.length === 0) return [['Prefix', prefix ?? '']]
  return [['And', [...(prefix === undefined ? [] : [['Prefix', prefix] satisfies XmlNode]), ...tagNodes]]]
}

const targets = [
  { target: 'queue', element: 'QueueConfiguration', arn: 'Queue' },
  { target: 'topic', element: 'TopicConfiguration', arn: 'Topic' },
  { target: 'function', element: 'CloudFunctionConfiguration', arn: 'CloudFunction' },
] as const

export const parseNotifications = (document: XmlElement): readonly BucketNotification[] =>
  targets.flatMap(({ target, element, arn }) =>
    elements(document, element).map((configuration) => {
      const filters = elements(configuration, 'Filter')
        .flatMap((filter) => elements(filter, 'S3Key'))
        .flatMap((key) => elements(key, 'FilterRule'))
        .map((rule) => [requiredText(rule, 'Name').toLowerCase(), requiredText(rule, 'Value')] as const)
      for (const [name] of filters)
        if (name !== 'prefix' && name !== 'suffix')
          throw invalidArgument('filter rule name must be either prefix or suffix')
      const rules = new Map(filters)
      return {
        id: textOf(configuration, 'Id'),
        target,
        arn: requiredText(configuration, arn),
        events: texts(configuration, 'Event'),
        prefix: rules.get('prefix'),
        suffix: rules.get('suffix'),
      }
    }),
  )

export const printNotifications = (
  notifications: readonly BucketNotification[],
  eventBridge = false,
): readonly XmlNode[] => [
  ...notifications.map(printNotification),
  ...(eventBridge ? [['EventBridgeConfiguration', []] satisfies XmlNode] : []),
]

function printNotification({ id, target, arn, events, prefix, suffix }: BucketNotification): XmlNode {
  const names = targets.find((entry) => entry.target === target) ?? targets[0]
  const rules = [
    ...(prefix === undefined ? [] : [filterRule('Prefix', prefix)]),
    ...(suffix === undefined ? [] : [filterRule('Suffix', suffix)]),
  ]
  return [
    names.element,
    [
      optional('Id', id),
      [names.arn, arn],
      ...events.map((event): XmlNode => ['Event', event]),
      rules.length > 0 ? ['Filter', [['S3Key', rules]]] : undefined,
    ],
  ]
}

const filterRule = (name: string, value: string): XmlNode => [
  'FilterRule',
  [
    ['Name', name],
    ['Value', value],
  ],
]

export function parseEncryption(document: XmlElement): Encryption {
  const rule = elements(document, 'Rule')[0]
  const byDefault = rule && elements(rule, 'ApplyServerSideEncryptionByDefault')[0]
  const algorithm = byDefault && textOf(byDefault, 'SSEAlgorithm')
  if (!rule || !byDefault || (algorithm !== 'AES256' && algorithm !== 'aws:kms')) throw malformedXml()
  return {
    algorithm,
    keyArn: textOf(byDefault, 'KMSMasterKeyID'),
    bucketKey: textOf(rule, 'BucketKeyEnabled') === 'true',
  }
}

export const printEncryption = ({ algorithm, keyArn, bucketKey = false }: Encryption): readonly XmlNode[] => [
  [
    'Rule',
    [
      [
        'ApplyServerSideEncryptionByDefault',
        [
          ['SSEAlgorithm', algorithm],
          ...(keyArn === undefined ? [] : [['KMSMasterKeyID', keyArn] satisfies XmlNode]),
        ],
      ],
      ['BucketKeyEnabled', bucketKey],
    ],
  ],
]
