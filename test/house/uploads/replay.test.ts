/** A dead letter is played again by the operator's tool. */

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assetOf, settled } from '../assets.ts'
import { type InProcess, startInProcess } from '../in-process.ts'
import { smallFilm } from '../small-film.ts'

let house: InProcess

// S3 tells of no upload: what it would have said lies among the dead letters, as after five failures.
beforeAll(async () => {
  house = await startInProcess((resources) => {
    for (const { Type, Properties } of Object.values(resources)) {
      const pattern = Properties['EventPattern'] as { readonly source?: readonly string[] } | undefined
      if (Type === 'AWS::Events::Rule' && pattern?.source?.includes('aws.s3'))
        Properties['State'] = 'DISABLED'
    }
  })
})
afterAll(() => house?.stop())

/** The tool as an operator calls it. */
async function replay(): Promise<string> {
  const words = ['bin/cli.ts', 'ingest', 'replay', '--data-dir', house.dataDir]
  const env = { PATH: process.env['PATH'] }
  const { stdout } = await promisify(execFile)(process.execPath, words, { env })
  return stdout
}

describe('headend ingest replay', () => {
  it('has nothing to do at first, then brings a lost upload back', async () => {
    expect(await replay()).toBe('nothing to replay\n')
    await house.upload('vod/film.mp4', await smallFilm())
    await expect(assetOf(house, 'film')).rejects.toThrow('ASSET_NOT_FOUND')

    const sqs = new SQSClient({
      endpoint: house.outputs['AwsEndpoint'] ?? '',
      region: 'us-east-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
    })
    const QueueUrl = house.outputs['IngestDeadLetters']
    const body = {
      Records: [
        {
          eventSource: 'aws:s3',
          eventName: 'ObjectCreated:Put',
          eventTime: new Date().toISOString(),
          s3: {
            bucket: { name: house.outputs['UploadBucket'] },
            object: { ...(await house.facts('vod/film.mp4')), sequencer: '0001' },
          },
        },
      ],
    }
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(body) }))
    expect(await replay()).toBe('replaying 1 upload\n')
    expect(await settled(house, 'film')).toMatchObject({ state: 'ready' })
  })
})
