import { describe, expect, it } from 'vitest'
import { encodePath, signedHeaders } from '../../lib/platform/aws/sigv4.ts'

describe('signature version 4', () => {
  // Amazon S3 API Reference, "Authenticating Requests: Using the Authorization Header", example GET Object.
  it('is that of the S3 documentation', () => {
    const headers = signedHeaders(
      {
        method: 'GET',
        host: 'examplebucket.s3.amazonaws.com',
        path: '/test.txt',
        query: '',
        headers: { range: 'bytes=0-9' },
        body: '',
      },
      {
        service: 's3',
        region: 'us-east-1',
        credentials: {
          accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
          secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
        },
        nowMs: Date.UTC(2013, 4, 24),
      },
    )
    expect(headers['authorization']).toContain(
      'Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    )
  })

  it('encodes what S3 wants encoded and nothing twice', () => {
    expect(encodePath("timelines/vod/it's (1)*/a+b c.json")).toBe(
      'timelines/vod/it%27s%20%281%29%2A/a%2Bb%20c.json',
    )
  })
})
