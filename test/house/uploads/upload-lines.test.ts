/** The clients that are everywhere; `npm run soak -- clients` has the others. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { removeDirs } from '../../local/s3/harness.ts'
import { demoFilm } from '../media.ts'
import {
  clientMissing,
  documentedClients,
  runUpload,
  type UploadClient,
  uploadClients,
} from './upload-lines.ts'
import { heldBucket, heldFilm, startHeld } from './uploads-held.ts'

afterAll(removeDirs)

const film = createHash('sha256').update(readFileSync(demoFilm)).digest('hex')
const everywhere: readonly UploadClient[] = ['AWS CLI', 'curl', 'AWS SDK for JavaScript']

it('documents every client that is tried, and no other', () => {
  expect(documentedClients()).toEqual(uploadClients)
})

describe('as documented, without settings of its own and with the documented policy alone', () => {
  for (const client of everywhere) {
    const missing = clientMissing(client)
    it.skipIf(missing)(`${client} brings a film${missing ? ` (${missing})` : ''}`, async () => {
      const held = await startHeld()
      expect(await heldFilm(held)).toBeUndefined()
      await runUpload(client, { endpoint: held.endpoint, bucket: heldBucket })
      expect(await heldFilm(held)).toBe(film)
      await held.stop()
    })
  }
})
