/** Requests that broke servers, as a file of the corpus tells them: what is put in place, what is asked, what is right. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { corpus, corpusMissing } from '../../judges/corpus.ts'
import type { LicenceServer } from '../../rights/licences/licence-server.ts'
import { settled } from '../assets.ts'
import { ffmpegFilm } from '../ffmpeg.ts'
import type { InProcess } from '../in-process.ts'
import { askApi } from '../operator-api.ts'

const put = z.object({
  key: z.string(),
  media: z.enum(['film', 'other', 'sound', 'vtt', 'day']).optional(),
  json: z.unknown().optional(),
  text: z.string().optional(),
})
const step = z.union([
  z.strictObject({ put }),
  z.strictObject({
    ready: z.object({ id: z.string(), as: z.string(), tracks: z.number().optional() }),
  }),
  z.strictObject({ api: z.tuple([z.string(), z.string()]).rest(z.record(z.string(), z.unknown())) }),
  z.strictObject({ session: z.looseObject({ as: z.string() }) }),
  z.strictObject({ token: z.object({ request: z.record(z.string(), z.unknown()), as: z.string() }) }),
  z.strictObject({ kid: z.object({ of: z.string(), as: z.string() }) }),
  z.strictObject({ sleep: z.number() }),
])
const request = z.strictObject({
  at: z.enum(['playback', 'api', 'licence', 'speke']).default('playback'),
  method: z.string().default('GET'),
  path: z.string(),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.unknown().optional(),
  bodyHex: z.string().optional(),
  bodyUtf16: z.string().optional(),
})
const expected = z.strictObject({
  status: z.array(z.number()).optional(),
  header: z.record(z.string(), z.string()).optional(),
  body: z.string().optional(),
  bodyNot: z.string().optional(),
  upstream: z.number().optional(),
})
const httpCase = z.looseObject({
  id: z.string(),
  kind: z.string(),
  title: z.string(),
  setup: z.array(step),
  checks: z.array(z.strictObject({ request, expected })),
})

/** One of them. */
export type HttpCase = z.infer<typeof httpCase>
type Step = z.infer<typeof step>
type Request = z.infer<typeof request>

const file = join(corpus, 'hunt', 'http', 'cases.jsonl')

/** All of them; none where the corpus is absent. */
export const httpCases: readonly HttpCase[] =
  corpusMissing === undefined
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => httpCase.parse(JSON.parse(line)))
    : []

/** What the steps of a case have given names. */
export type Names = Map<string, string>

const tone = '-f lavfi -i sine=frequency=440:sample_rate=48000'
const h264 = '-c:v libx264 -preset ultrafast -pix_fmt yuv420p -sc_threshold 0'
const media = {
  film: () =>
    ffmpegFilm(
      `-f lavfi -i testsrc2=size=320x180:rate=25:duration=18 ${tone}:duration=18 ${h264} -g 50 -keyint_min 50 -c:a aac -b:a 64k`,
    ),
  other: () =>
    ffmpegFilm(
      `-f lavfi -i testsrc2=size=320x180:rate=25:duration=8 ${h264} -g 50 -keyint_min 50 -profile:v main`,
    ),
  sound: () => ffmpegFilm(`${tone}:duration=18 -c:a aac -b:a 64k`, 'm4a'),
  day: () => ffmpegFilm(`-f lavfi -i color=size=64x36:rate=1:duration=86400 ${h264} -g 2 -keyint_min 2`),
}

function bytesOf({ media: name, json, text }: z.infer<typeof put>): Uint8Array {
  if (json !== undefined) return Buffer.from(JSON.stringify(json))
  if (text !== undefined) return Buffer.from(text)
  if (name === 'vtt') return Buffer.from('WEBVTT\n\n00:01.000 --> 00:05.000\nA line\n')
  if (name === undefined) throw new Error('a put without a body')
  return readFileSync(media[name]())
}

/** `{{x}}`, and `{{x|guid}}`, `{{x|dash}}`, `{{x|b64url}}` of a key id. */
function filled(text: string, names: Names): string {
  return text.replace(/\{\{(\w+)(?:\|(\w+))?\}\}/g, (whole, name: string, form?: string) => {
    const value = names.get(name)
    if (value === undefined) throw new Error(`${whole}: nothing has this name yet`)
    const id = Buffer.from(value, 'hex')
    switch (form) {
      case undefined:
        return value
      case 'dash':
        return value.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
      case 'b64url':
        return id.toString('base64url')
      case 'guid':
        // The first three fields of a GUID are little-endian.
        return Buffer.concat([
          id.subarray(0, 4).toReversed(),
          id.subarray(4, 6).toReversed(),
          id.subarray(6, 8).toReversed(),
          id.subarray(8),
        ]).toString('base64')
      default:
        throw new Error(`${whole}: no such form`)
    }
  })
}

const filledJson = <Value>(value: Value, names: Names): Value =>
  JSON.parse(filled(JSON.stringify(value), names)) as Value

async function jsonOf(answer: Promise<Response>, what: string): Promise<Record<string, unknown>> {
  const response = await answer
  const text = await response.text()
  if (!response.ok) throw new Error(`${what}: ${response.status} ${text}`)
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
}

/** Does one step of the setup. */
export async function prepare(house: InProcess, one: Step, names: Names): Promise<void> {
  const todo = filledJson(one, names)
  if ('put' in todo) return house.upload(todo.put.key, bytesOf(todo.put))
  if ('sleep' in todo) return void (await new Promise((resolve) => setTimeout(resolve, todo.sleep * 1000)))
  if ('ready' in todo) {
    const { id, as, tracks = 1 } = todo.ready
    for (let after = ''; ; ) {
      // Failed is no end: subtitles that are read before their film are read again with it.
      const asset = await settled(house, id, after)
      if (asset.state === 'ready' && (asset.tracks?.length ?? 0) >= tracks)
        return void names.set(as, asset.version ?? '')
      after = asset.updatedAt
    }
  }
  if ('api' in todo) {
    const [method, path, body] = todo.api
    return void (await jsonOf(askApi(house, method, path, body), `${method} ${path}`))
  }
  if ('kid' in todo) {
    const path = `/v1/assets/${todo.kid.of}/protection/keys`
    const { keys } = (await jsonOf(askApi(house, 'GET', path), path)) as { keys: { kid: string }[] }
    return void names.set(todo.kid.as, keys[0]?.kid ?? '')
  }
  const [path, body, as] =
    'session' in todo
      ? ['/v1/sessions', { content: todo.session['content'] }, todo.session.as]
      : ['/v1/tokens', todo.token.request, todo.token.as]
  const { token } = await jsonOf(askApi(house, 'POST', path, body), path)
  names.set(as, String(token))
}

/** What was answered, and how often a licence server was asked for it. */
export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly body: string
  readonly upstream: number
}

/** Sends a request of a case. */
export async function ask(
  house: InProcess,
  { at, method, path, headers, ...bodies }: Request,
  { names, server }: { readonly names: Names; readonly server: LicenceServer },
): Promise<Answered> {
  const roots = { playback: 'PlaybackUrl', api: 'ApiUrl', licence: 'LicenceUrl', speke: 'SpekeUrl' }
  const asked = server.received.length
  const body = bodyOf(bodies, names)
  const response = await fetch(`${house.outputs[roots[at]]}${filled(path, names)}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(at === 'api' && {
        authorization: `Bearer ${house.outputs['OperatorToken']}`,
        'content-type': 'application/json',
      }),
      ...filledJson(headers, names),
    },
    ...(body !== undefined && { body }),
  })
  return {
    status: response.status,
    headers: response.headers,
    body: await response.text(),
    upstream: server.received.length - asked,
  }
}

function bodyOf(
  { body, bodyHex, bodyUtf16 }: Pick<Request, 'body' | 'bodyHex' | 'bodyUtf16'>,
  names: Names,
): Uint8Array<ArrayBuffer> | string | undefined {
  if (bodyHex !== undefined) return Uint8Array.from(Buffer.from(filled(bodyHex, names), 'hex'))
  if (bodyUtf16 !== undefined)
    return Uint8Array.from(Buffer.from(`\ufeff${filled(bodyUtf16, names)}`, 'utf16le'))
  if (body === undefined) return undefined
  return filled(typeof body === 'string' ? body : JSON.stringify(body), names)
}
