/** What CloudFront's API answers, in its XML. */
import { randomUUID } from 'node:crypto'
import { plainXmlDocument } from '../s3/xml.ts'
import type { AwsFault } from '../service.ts'
import type { Invalidation } from './invalidations.ts'

const namespace = 'http://cloudfront.amazonaws.com/doc/2020-05-31/'

/** An `Invalidation`. */
export const invalidationAnswer = ({
  id,
  status,
  createdAtMs,
  callerReference,
  paths,
}: Invalidation): string =>
  inNamespace(
    'Invalidation',
    plainXmlDocument('Invalidation', [
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
    ]),
  )

/** An `ErrorResponse`. */
export const invalidationFault = ({ code, message, status }: AwsFault): string =>
  inNamespace(
    'ErrorResponse',
    plainXmlDocument('ErrorResponse', [
      [
        'Error',
        [
          ['Type', status < 500 ? 'Sender' : 'Receiver'],
          ['Code', code],
          ['Message', message],
        ],
      ],
      ['RequestId', randomUUID()],
    ]),
  )

const inNamespace = (root: string, text: string): string =>
  text.replace(`<${root}>`, `<${root} xmlns="${namespace}">`)
