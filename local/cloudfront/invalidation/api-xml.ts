/** The XML of CloudFront's own API. */
import { randomUUID } from 'node:crypto'
import { plainXmlDocument } from '../../s3/xml.ts'
import type { AwsFault } from '../../service.ts'

const namespace = 'http://cloudfront.amazonaws.com/doc/2020-05-31/'

/** A document of the API. */
export const cloudFrontXml = (root: string, content: Parameters<typeof plainXmlDocument>[1]): string =>
  plainXmlDocument(root, content).replace(`<${root}>`, `<${root} xmlns="${namespace}">`)

/** An `ErrorResponse`. */
export const cloudFrontFault = ({ code, message, status }: AwsFault): string =>
  cloudFrontXml('ErrorResponse', [
    [
      'Error',
      [
        ['Type', status < 500 ? 'Sender' : 'Receiver'],
        ['Code', code],
        ['Message', message],
      ],
    ],
    ['RequestId', randomUUID()],
  ])
