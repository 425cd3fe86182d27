/** A form as a page would post it, its policy signed with SigV4 by hand: the SDK here has no signer for it. */
import { createHmac } from 'node:crypto'

export interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

export interface FormWish {
  readonly conditions: readonly unknown[]
  readonly fields: Readonly<Record<string, string>>
  readonly keys?: Keys
  readonly expiration?: string
}

const anyKeys: Keys = { accessKeyId: 'any', secretAccessKey: 'any' }
const day = '20261201'

/** The fields to send before the file. Conditions of what signing adds are added. */
export function signedFields(wish: FormWish): Record<string, string> {
  const { conditions, fields, keys = anyKeys, expiration = '2099-01-01T00:00:00Z' } = wish
  const signing = {
    'x-amz-algorithm': 'AWS4-HMAC-SHA256',
    'x-amz-credential': `${keys.accessKeyId}/${day}/us-east-1/s3/aws4_request`,
    'x-amz-date': `${day}T000000Z`,
    ...(keys.sessionToken !== undefined && { 'x-amz-security-token': keys.sessionToken }),
  }
  const policy = Buffer.from(JSON.stringify({ expiration, conditions: [...conditions, signing] })).toString(
    'base64',
  )
  return { ...fields, ...signing, policy, 'x-amz-signature': signatureOf(policy, keys.secretAccessKey) }
}

function signatureOf(policy: string, secret: string): string {
  const steps = [day, 'us-east-1', 's3', 'aws4_request', policy]
  const hmac = (key: Buffer, step: string) => createHmac('sha256', key).update(step).digest()
  return steps.reduce<Buffer>(hmac, Buffer.from(`AWS4${secret}`)).toString('hex')
}

/** `fields`, then the file. */
export function formOf(
  fields: Readonly<Record<string, string>>,
  file: string,
  filename = 'film.mp4',
): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append('file', new File([file], filename, { type: 'video/mp4' }))
  return form
}
