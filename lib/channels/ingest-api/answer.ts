/**
 * The door for encoders that send by HTTP (DASH-IF Live Media Ingest 1.2, interfaces 1 and 2, one request an object):
 * what was answered with 200 is written and recorded.
 */
import { HeadendError } from '../../errors.ts'
import { basicChallenge, basicCredentials } from '../../platform/http/basic.ts'
import { answered, errorHeaders, errorJson } from '../../platform/http/error-response.ts'
import type { Log } from '../../platform/log.ts'
import { idForm } from '../../timeline/ids.ts'
import { isPassedOver } from '../ingest/message.ts'
import { keepNumbers } from '../ingest/numbered.ts'
import type { FeedPorts, Outcome } from '../ingest/ports.ts'
import { type NotedRefusals, noteRefusal, refusalBy, refusalOf } from '../ingest/refusal.ts'
import { takeObject } from '../ingest/take-object.ts'
import { isManifest, type ManifestPorts, takeManifest } from '../manifests/take-manifest.ts'
import { feedPathForm, feedPathWanted } from '../uploads/feed-path.ts'
import { opens } from './credentials.ts'
import type { CredentialStore } from './store.ts'

/** A request, its path decoded. */
export interface IngestRequest {
  readonly method: string
  readonly path: string
  readonly authorization: string | undefined
  readonly body: Uint8Array
}

/** An answer, its body JSON. */
export interface IngestAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What the door works with. */
export interface IngestPorts extends FeedPorts, ManifestPorts {
  readonly live: FeedPorts['live']
  readonly credentials: Pick<CredentialStore, 'credentials'>
  /** Puts an object where its turn comes: into the upload bucket. */
  postpone(key: string, bytes: Uint8Array): Promise<void>
  readonly log: Log
  readonly noted: NotedRefusals
}

/** Answers an encoder. */
export const answerIngest = (ports: IngestPorts, request: IngestRequest): Promise<IngestAnswer> =>
  answered<IngestAnswer>(
    async () => {
      const { channelId, path } = await admitted(ports, request)
      // An encoder deletes what left its own window; ours is longer. A request without a body only knocks.
      if (request.method === 'DELETE' || request.body.length === 0 || isPassedOver(path)) return said([])
      const { body: bytes } = request
      const object = { channelId, path, bytes, writtenMs: ports.now() }
      if (/\.m3u8$/i.test(path)) await keepNumbers(ports, `live/${channelId}`)
      const taken = isManifest(path)
        ? takeManifest(ports, object)
        : takeObject({ ...ports, postpones: true }, object)
      const outcomes = await taken.catch(async (error: unknown) => {
        if (error instanceof HeadendError && error.status < 500)
          await noteRefusal(ports, object, refusalBy(error))
        throw error
      })
      await noteRefusal(ports, object, refusalOf(outcomes))
      // An encoder that waits for its answer would never send what this one waits for.
      if (outcomes.some(({ kind }) => kind === 'postponed'))
        await ports.postpone(`live/${channelId}/${path}`, bytes)
      for (const outcome of outcomes) ports.log.info('ingest: object', { channelId, path, ...outcome })
      for (const outcome of outcomes) refuse(outcome, `live/${channelId}/${path}`)
      return said(outcomes)
    },
    {
      say: (error) => ({
        status: error.status,
        headers: { ...common, ...errorHeaders(error, basicChallenge) },
        body: errorJson(error),
      }),
      log: (error) => ports.log.error('ingest failed', error, { path: request.path }),
    },
  )

const common = { 'content-type': 'application/json', 'cache-control': 'no-store' }

const said = (outcomes: readonly Outcome[]): IngestAnswer => ({
  status: 200,
  headers: common,
  body: JSON.stringify({ outcomes }),
})

/** Channel and path of a request that may come in. */
async function admitted(
  ports: IngestPorts,
  { path: whole, authorization }: IngestRequest,
): Promise<{ readonly channelId: string; readonly path: string }> {
  const [, channelId = '', path = ''] = /^\/ingest\/([^/]+)\/(.*)$/.exec(whole) ?? []
  const sent = basicCredentials(authorization)
  if (sent === undefined)
    throw new HeadendError('FEED_UNKNOWN', 'Authorization: expected HTTP Basic, got nothing of the kind', {
      status: 401,
    })
  // Whether there is such a channel is nobody's business who can not open it.
  const known = idForm.test(channelId) ? await ports.credentials.credentials(channelId) : undefined
  if (!known || !opens(sent, known))
    throw new HeadendError(
      'FEED_CREDENTIALS',
      'Authorization: expected name and password of the channel, got others',
      { status: 403 },
    )
  if (!feedPathForm.test(path.replace(streamsForm, '$1')))
    throw new HeadendError('FEED_PATH', `${whole.slice(0, 200)}: ${feedPathWanted}`)
  const channel = await ports.channel(channelId)
  if (!channel) throw new HeadendError('CHANNEL_NOT_FOUND', `${channelId}: no such channel`, { status: 404 })
  if (channel.stopped) throw new HeadendError('FEED_STOPPED', `${channelId}: it is stopped`, { status: 403 })
  return { channelId, path: path.replace(streamsForm, '$1') }
}

/** As interface 1 names the stream of each track: `Streams(video.cmfv)`. */
const streamsForm = /Streams\(([^()/]+)\)$/

/** An encoder is told what it can do something about. */
function refuse(outcome: Outcome, where: string): void {
  if (outcome.kind === 'waits')
    throw new HeadendError('FEED_INIT', `${where}: expected its init segment before it, got none yet`, {
      status: 412,
    })
  if (outcome.kind === 'other form')
    throw new HeadendError(
      'FEED_FORM',
      `${where}: expected CMAF, fragmented MP4, a transport stream or WebVTT`,
      {
        status: 415,
      },
    )
}
