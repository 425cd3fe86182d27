/** Checks of what protects films: licences bound to a country, sessions that end, nothing in the clear. */
import { type Check, notLookedAt, type Patient, type Played, right, said, wrong } from './check.ts'
import { countries } from './countries.ts'
import { greyVideo } from './day-film.ts'
import { readied } from './playback.ts'

const protectedId = 'headend-doctor-protected'
const content = `vod/${protectedId}`
const revocationMs = 60_000
const patienceMs = 60_000
const film = () => greyVideo(30)
const policy = { mode: 'encrypted', schemes: ['cenc', 'cbcs'], systems: ['clearkey'] }

interface Session {
  readonly sessionId: string
  readonly token: string
}

async function sessionOf(patient: Patient): Promise<Session | Played> {
  const made = await patient.api('POST', '/v1/sessions', { content, ttlSeconds: 600 })
  return made.status === 201 ? (JSON.parse(made.text) as Session) : made
}

/** The manifest once the asset's last file has said that it is protected: the film before it was a version of its own. */
async function untilProtected(patient: Patient, path: string): Promise<Played> {
  const since = patient.now()
  for (;;) {
    const manifest = await patient.play(path)
    const isClear = manifest.status === 200 && !manifest.text.includes('default_KID')
    if (!isClear || patient.now() - since > patienceMs) return manifest
    await patient.wait(500)
  }
}

const closed: Check = {
  title: 'a protected film plays in a session and nowhere else',
  async run(patient) {
    const became = await readied(patient, protectedId, async () => {
      await patient.upload(`vod/${protectedId}/film.mp4`, film())
      await patient.upload(
        `vod/${protectedId}/asset.json`,
        JSON.stringify({ files: ['film.mp4'], protection: policy }),
      )
    })
    if (became !== undefined)
      return wrong(`${protectedId} is ${became}`, 'read the log of Ingest: may it make keys and write marks?')
    const session = await sessionOf(patient)
    if (!('token' in session)) return wrong(`a session: ${said(session)}`, 'read the log of Api')
    const path = `${content}/index.mpd`
    const inside = await untilProtected(patient, `s/${session.token}/${path}`)
    if (inside.status !== 200 || !inside.text.includes('cenc:default_KID'))
      return wrong(
        `in a session: ${said(inside)}`,
        'read the log of ManifestEdge; a new session key takes seconds to be known',
      )
    const outside = await patient.play(path)
    return outside.status === 403
      ? right(`200 in a session, ${said(outside)} without`)
      : wrong(
          `without a session: ${said(outside)}, expected 403`,
          'marks are missing in the key-value store: run the Sweep function',
        )
  },
}

const regions: Check = {
  title: 'a licence bound to a country, through the distribution alone',
  async run(patient) {
    const made = await patient.api('POST', '/v1/tokens', {
      account: 'headend-doctor',
      content,
      regions: countries,
    })
    if (made.status !== 201) return wrong(`a token: ${said(made)}`, 'read the log of Api')
    const { token } = JSON.parse(made.text) as { token: string }
    const session = await sessionOf(patient)
    if (!('token' in session)) return wrong(`a session: ${said(session)}`, 'read the log of Api')
    const mpd = await patient.play(`s/${session.token}/${content}/index.mpd`)
    const [, kid = ''] = /default_KID="([0-9a-f-]{36})"/.exec(mpd.text) ?? []
    const request = {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        // The distribution on this machine does not know where its viewers are; that of AWS strips it.
        'local-viewer-country': 'DE',
      },
      body: JSON.stringify({
        kids: [Buffer.from(kid.replaceAll('-', ''), 'hex').toString('base64url')],
        type: 'temporary',
      }),
    }
    const through = await patient.play(`${patient.output('LicenceUrl')}/clearkey`, request)
    if (through.status !== 200 || !through.text.includes('"keys"'))
      return wrong(
        `through the distribution: ${said(through)}`,
        'LICENCE_REGION: the licence function does not believe the front; deploy with the current -c frontVersion, and read docs/deploy.md on its secret',
      )
    const api = patient.outputs['LicenceApiUrl']
    if (api === undefined)
      return notLookedAt('200 through the distribution; no output LicenceApiUrl to ask past it')
    const direct = await patient.play(`${api}/licence/clearkey`, request)
    return direct.status === 403
      ? right(`200 through the distribution, ${said(direct)} past it`)
      : wrong(
          `past the distribution: ${said(direct)}, expected 403`,
          'the front secret is known to others: make a new one',
        )
  },
}

const revocation: Check = {
  title: 'a session that is revoked ends within a minute',
  async run(patient) {
    const session = await sessionOf(patient)
    if (!('token' in session)) return wrong(`a session: ${said(session)}`, 'read the log of Api')
    const path = `s/${session.token}/${content}/index.m3u8`
    const before = await patient.play(path)
    const revoked = await patient.api('DELETE', `/v1/sessions/${session.sessionId}`)
    if (before.status !== 200 || revoked.status !== 204)
      return wrong(`before ${said(before)}, revoking ${said(revoked)}`, 'read the log of Api')
    const since = patient.now()
    for (;;) {
      const after = await patient.play(path)
      const ms = patient.now() - since
      if (after.status === 403) return right(`${said(after)} after ${(ms / 1000).toFixed(1)} s`)
      if (ms > revocationMs)
        return wrong(
          `${said(after)} after a minute`,
          'the viewer function does not see revocations: is it bound to this store?',
        )
      await patient.wait(500)
    }
  },
}

/** In this order: the later ones play what the first one uploads. */
export const rightsChecks: readonly Check[] = [closed, regions, revocation]
