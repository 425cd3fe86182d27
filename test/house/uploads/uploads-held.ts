/** A local S3 whose one caller is held to the policy that docs/uploads.md gives to who uploads. */
import { createHash } from 'node:crypto'
import { decide } from '../../../local/iam/evaluate.ts'
import { parsePolicy } from '../../../local/iam/policy.ts'
import { AwsFault, type Caller } from '../../../local/service.ts'
import { startS3, type TestS3 } from '../../local/s3/harness.ts'
import { uploadPolicy } from './upload-lines.ts'

/** The bucket in it. */
export const heldBucket = 'films-to-come'

/** What rclone needs beyond the page's policy, as the page says. */
const lookingBack = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:PutObjectAcl'],
      Resource: `arn:aws:s3:::${heldBucket}/vod/*`,
    },
  ],
}

/** Starts it, for a client that looks at what it has sent, or for one that only sends. */
export async function startHeld({ looksBack }: { readonly looksBack?: boolean } = {}): Promise<TestS3> {
  const uploads = parsePolicy(uploadPolicy(heldBucket), 'docs/uploads.md')
  const more = parsePolicy(lookingBack, 'docs/uploads.md, rclone')
  const uploader: Caller = { kind: 'role', role: 'UploaderRole' }
  const principal = {
    kind: 'role',
    arn: 'arn:aws:iam::000000000000:role/uploader',
    account: '000000000000',
  } as const
  const test = await startS3({
    caller: () => uploader,
    identifySigner: () => uploader,
    authorize: (caller, action, resource, context = {}) => {
      if (caller.kind === 'person') return
      const identity = looksBack ? [...uploads, ...more] : uploads
      const decision = decide({ principal, action, resource, context }, { identity, resource: [] })
      if (!decision.allowed)
        throw new AwsFault('AccessDenied', `${action} on ${resource}: ${decision.because}`, 403)
    },
  })
  await test.s3.createBucket({ name: heldBucket, versioned: true })
  return test
}

/** Hash of the film in it; undefined where there is none. */
export async function heldFilm({ s3 }: TestS3): Promise<string | undefined> {
  try {
    const caller: Caller = { kind: 'person' }
    const { body } = s3.getObject({ bucket: heldBucket, key: 'vod/film.mp4', caller })
    const hash = createHash('sha256')
    if (typeof body === 'object') for await (const chunk of body) hash.update(chunk)
    return hash.digest('hex')
  } catch (error) {
    if (error instanceof AwsFault && error.code === 'NoSuchKey') return undefined
    throw error
  }
}
