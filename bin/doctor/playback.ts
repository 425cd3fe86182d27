/** Checks of what viewers meet: an upload gets ready, manifests and segments come whole, long manifests, odd requests. */
import { type Check, type Patient, type Played, right, said, wrong } from './check.ts'
import { greyVideo } from './day-film.ts'

/** Put again by each run, so that only one stays behind. */
const clearId = 'headend-doctor'
const daySeconds = 86_400
const patienceMs = 180_000

/** Uploads under an id and waits until what was put now is ready; undefined, or what it became instead. */
export async function readied(
  patient: Patient,
  id: string,
  put: () => Promise<void>,
): Promise<string | undefined> {
  const since = patient.now()
  await put()
  let last = 'not known'
  while (patient.now() - since < patienceMs) {
    const asked = await patient.api('GET', `/v1/assets/${id}`)
    if (asked.status === 401 || asked.status === 403) return said(asked)
    const asset: unknown = asked.status === 200 ? JSON.parse(asked.text) : undefined
    const [state, at, error] = ['state', 'updatedAt', 'error'].map(
      (name) => Reflect.get(Object(asset), name) as unknown,
    )
    last =
      asset === undefined
        ? said(asked)
        : `${String(state)} ${error === undefined ? '' : JSON.stringify(error)}`
    // A row of an earlier run is no answer; clocks differ by a little.
    const isFresh = Date.parse(String(at)) > since - 5000
    if (isFresh && state === 'ready') return undefined
    if (isFresh && state === 'failed') return last
    await patient.wait(500)
  }
  return last
}

const upload: Check = {
  title: 'a film that is uploaded gets ready',
  async run(patient) {
    const film = greyVideo(daySeconds)
    const became = await readied(patient, clearId, () => patient.upload(`vod/${clearId}.mp4`, film))
    return became === undefined
      ? right(`${clearId}, a day in ${(film.length / 1e6).toFixed(1)} MB`)
      : wrong(
          `${clearId} is ${became}`,
          'read the log of Ingest and its dead letters; check that the upload bucket notifies the queue',
        )
  },
}

const manifestAdvice =
  'read the logs of ManifestEdge (in the region of the shield) and Manifest; 503 for all requests means that the viewer function does not run'

/** The first Media Playlist of the film, and the path of its first segment. */
async function firstMedia(patient: Patient): Promise<{ playlist: string; segment: string } | Played> {
  const index = `vod/${clearId}/index.m3u8`
  const top = await patient.play(index)
  const name = top.text.split('\n').find((line) => line.endsWith('.m3u8') && !line.startsWith('#'))
  if (top.status !== 200 || name === undefined) return top
  const playlist = `vod/${clearId}/${name}`
  const media = await patient.play(playlist)
  const link = media.text.split('\n').find((line) => line !== '' && !line.startsWith('#'))
  if (media.status !== 200 || link === undefined) return media
  return { playlist, segment: new URL(link, `http://x/${playlist}`).pathname.slice(1) }
}

const manifests: Check = {
  title: 'HLS and DASH, and what they name',
  async run(patient) {
    const mpd = await patient.play(`vod/${clearId}/index.mpd`)
    if (mpd.status !== 200 || !mpd.text.includes('<MPD'))
      return wrong(`index.mpd: ${said(mpd)}`, manifestAdvice)
    const media = await firstMedia(patient)
    if ('status' in media) return wrong(`index.m3u8 or its first playlist: ${said(media)}`, manifestAdvice)
    const segment = await patient.play(media.segment)
    const isMedia = segment.status === 200 && segment.bytes.includes('moof')
    return isMedia
      ? right(`${segment.bytes.length} bytes of ${media.segment}`)
      : wrong(
          `${media.segment}: ${said(segment)}`,
          'read the log of Packager; 403 with no code: OAC may not invoke its URL',
        )
  },
}

const longManifest: Check = {
  title: 'a manifest above 1 MB comes whole and compressed',
  async run(patient) {
    const media = await firstMedia(patient)
    if ('status' in media) return wrong(said(media), manifestAdvice)
    const { status, headers, text, bytes } = await patient.play(media.playlist, {
      headers: { 'accept-encoding': 'gzip' },
    })
    const advice = 'the regional function answers these: read the log of Manifest and check its Function URL'
    if (status !== 200 || !text.startsWith('#EXTM3U') || !text.trimEnd().endsWith('#EXT-X-ENDLIST'))
      return wrong(`${status}, ${bytes.length} bytes that begin ${JSON.stringify(text.slice(0, 40))}`, advice)
    if (bytes.length <= 1_000_000)
      return wrong(`only ${bytes.length} bytes`, 'the film no longer makes a long manifest: report it')
    return /gzip|br/.test(headers.get('content-encoding') ?? '')
      ? right(`${(bytes.length / 1e6).toFixed(1)} MB, ${headers.get('content-encoding')}`)
      : wrong(`${(bytes.length / 1e6).toFixed(1)} MB, not compressed`, advice)
  },
}

const oddRequests: Check = {
  title: 'HEAD, a range past the end, a filter with commas and colons',
  async run(patient) {
    const media = await firstMedia(patient)
    if ('status' in media) return wrong(said(media), manifestAdvice)
    // A segment nobody asked for yet, or a cache answers.
    const number = 2 + Math.floor(Math.random() * 10_000)
    const segment = media.segment.replace(/[^/]+$/, `${number}.0.m4s`)
    const packager = 'read the log of Packager: an answer without a body must still be sent'
    const head = await patient.play(segment, { method: 'HEAD' })
    if (head.status !== 200) return wrong(`HEAD ${segment}: ${said(head)}`, packager)
    const whole = await patient.play(segment)
    const length = head.headers.get('content-length')
    if (whole.status !== 200 || length !== `${whole.bytes.length}`)
      return wrong(
        `${segment}: HEAD says ${length} bytes, GET gives ${whole.bytes.length} (${whole.status})`,
        'a body that is cut short must not be kept by caches: invalidate /media/*, and read the logs of Packager and MediaLength',
      )
    const beyond = await patient.play(segment, { headers: { range: 'bytes=99999999-' } })
    if (beyond.status !== 416) return wrong(`a range past the end: ${said(beyond)}, expected 416`, packager)
    const filter = encodeURIComponent('video_height:0-720;video_codec:h264,h265')
    const filtered = await patient.play(`vod/${clearId}/index.m3u8?aws.manifestfilter=${filter}`)
    return filtered.status === 200
      ? right('200, 416, 200')
      : wrong(
          `a manifest with a filter: ${said(filtered)}`,
          'the signature of OAC does not cover this query: report it',
        )
  },
}

/** In this order: the later ones play what the first one uploads. */
export const playbackChecks: readonly Check[] = [upload, manifests, longManifest, oddRequests]
