/** Every client of docs/uploads.md that is installed, run as documented: `npm run soak -- clients`. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { settled } from '../house/assets.ts'
import { type Headend, startHeadend } from '../house/headend.ts'
import { demoFilm } from '../house/media.ts'
import { clientMissing, runUpload, uploadClients } from '../house/uploads/upload-lines.ts'
import { heldBucket, heldFilm, startHeld } from '../house/uploads/uploads-held.ts'
import { removeDirs } from '../local/s3/harness.ts'

const film = createHash('sha256').update(readFileSync(demoFilm)).digest('hex')
let headend: Headend

beforeAll(async () => {
  headend = await startHeadend({ empty: true })
}, 300_000)
afterAll(async () => {
  await headend?.stop()
  await removeDirs()
})

for (const client of uploadClients) {
  const missing = clientMissing(client)
  describe.skipIf(missing)(`${client}${missing ? ` (${missing})` : ''}`, () => {
    it('brings a film with the documented policy alone', async () => {
      const held = await startHeld({ looksBack: client === 'rclone' })
      await runUpload(client, { endpoint: held.endpoint, bucket: heldBucket })
      expect(await heldFilm(held)).toBe(film)
      await held.stop()
    })

    it('brings a film that plays', async () => {
      const { AwsEndpoint: endpoint = '', UploadBucket: bucket = '' } = headend.outputs
      const before = new Date().toISOString()
      await runUpload(client, { endpoint, bucket })
      expect(await settled(headend, 'film', before)).toMatchObject({ state: 'ready' })
    })
  })
}
