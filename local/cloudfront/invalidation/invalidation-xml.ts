/** What CloudFront's API answers, in its XML. */
import { cloudFrontXml } from './api-xml.ts'

/** One invalidation. */
export interface Invalidation {
  readonly id: string
  readonly distributionId: string
  readonly callerReference: string
  readonly paths: readonly string[]
  readonly createdAtMs: number
  status: 'InProgress' | 'Completed'
}

/** An `Invalidation`. */
export const invalidationAnswer = ({
  id,
  status,
  createdAtMs,
  callerReference,
  paths,
}: Invalidation): string =>
  cloudFrontXml('Invalidation', [
    ['Id', id],
    ['Status', status],
    ['CreateTime', new Date(createdAtMs).toISOString()],
    [
      'InvalidationBatch',
      [
        [
          'Paths',
          [
            ['Quantity', paths.length],
            ['Items', paths.map((path) => ['Path', path] as const)],
          ],
        ],
        ['CallerReference', callerReference],
      ],
    ],
  ])
