/**
 * What a headend answers, recorded and compared: `record` asks for the manifests, media, API pages and refusals of some
 * contents and notes a digest of each answer; `compare` asks another commit, over the same data directory and port, for
 * the same and says what differs. A change of the code's shape changes none.
 */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { choosePlace, outputNamed } from '../bin/commands/place.ts'
import type { Outputs } from '../bin/commands/stack-outputs.ts'
import { type ReadManifest, readDash, readHls } from '../test/judges/read-manifests.ts'

const usage =
  'node scripts/recorded-answers.ts record|compare FILE --token OPERATOR [--data-dir .headend] [--content vod/ID]...'

/** A request, by the output its URL begins with. */
interface Ask {
  readonly method: 'GET' | 'HEAD' | 'OPTIONS'
  readonly base: 'PlaybackUrl' | 'ApiUrl' | 'LicenceUrl'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
}

interface Answered extends Ask {
  readonly answer: string
}

/** Headers that say what an answer is; others say when it was given and by whom. */
const compared = ['content-type', 'cache-control', 'content-range', 'etag', 'retry-after']

async function answerTo({ method, base, path, headers }: Ask, { outputs, token }: Place): Promise<string> {
  const authorized = base === 'ApiUrl' && { authorization: `Bearer ${token}` }
  const response = await fetch(outputNamed(outputs, base) + path, {
    method,
    headers: { ...headers, ...authorized },
  })
  const said = compared.map((name) => `${name}: ${response.headers.get(name) ?? '-'}`)
  const body = Buffer.from(await response.arrayBuffer())
  return [response.status, ...said, createHash('sha256').update(body).digest('hex')].join(' | ')
}

interface Place {
  readonly outputs: Outputs
  readonly token: string
}

/** First, middle and last of what may be thousands. */
const some = <Item>(items: readonly Item[]): readonly Item[] =>
  [...new Set([0, items.length >> 1, items.length - 1])].flatMap((i) => items.slice(i, i + 1))

/** Everything a manifest leads to, a little of each. */
const mediaOf = ({ tracks, texts }: ReadManifest): readonly string[] => [
  ...Object.keys(texts),
  ...[...tracks.values()]
    .flat()
    .flatMap(({ init, segments }) => [init, ...some(segments.map(({ url }) => url))]),
]

const ways = [
  '',
  '?scheme=cenc',
  '?scheme=cbcs',
  '?keyformat=identity',
  '?aws.manifestfilter=video_height:0-400',
]

async function asksOf(content: string, { outputs, token }: Place): Promise<Ask[]> {
  const root = outputNamed(outputs, 'PlaybackUrl')
  const response = await fetch(`${outputNamed(outputs, 'ApiUrl')}/v1/sessions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ content, ttlSeconds: 86_400 }),
  })
  const session = (await response.json()) as { token?: string }
  if (session.token === undefined)
    throw new Error(`session for ${content}: expected one, got ${JSON.stringify(session)}`)
  const found = new Set<string>()
  for (const prefix of ['', `/s/${session.token}`])
    for (const way of ways)
      for (const [name, read] of [
        ['index.m3u8', readHls],
        ['index.mpd', readDash],
      ] as const) {
        const path = `${prefix}/${content}/${name}${way}`
        found.add(path)
        const manifest = await read(root + path).catch(() => undefined)
        for (const url of manifest ? mediaOf(manifest) : []) found.add(url.replace(root, ''))
      }
  const paths = [...found]
  const asks = paths.map((path): Ask => ({ method: 'GET', base: 'PlaybackUrl', path }))
  const segment = paths.findLast((path) => path.endsWith('.m4s'))
  const others: Ask[] =
    segment === undefined
      ? []
      : [
          { method: 'HEAD', base: 'PlaybackUrl', path: segment },
          { method: 'GET', base: 'PlaybackUrl', path: segment, headers: { range: 'bytes=100-299' } },
          { method: 'GET', base: 'PlaybackUrl', path: segment.replace(/\d+\.(\d+)\.m4s$/, '99999.$1.m4s') },
        ]
  const assetId = content.slice('vod/'.length)
  for (const page of ['', '/timeline', '/protection', '/protection/keys'])
    others.push({ method: 'GET', base: 'ApiUrl', path: `/v1/assets/${assetId}${page}` })
  return [...asks, ...others]
}

const always: readonly Ask[] = [
  { method: 'GET', base: 'ApiUrl', path: '/health' },
  { method: 'GET', base: 'ApiUrl', path: '/v1/assets?limit=5' },
  { method: 'GET', base: 'ApiUrl', path: '/v1/assets/none' },
  { method: 'GET', base: 'ApiUrl', path: '/v1/assets?limit=0' },
  { method: 'GET', base: 'PlaybackUrl', path: '/vod/none/index.m3u8' },
  { method: 'GET', base: 'PlaybackUrl', path: '/s/bad.bad.bad/vod/none/index.mpd' },
  { method: 'OPTIONS', base: 'PlaybackUrl', path: '/vod/none/index.m3u8' },
  { method: 'GET', base: 'LicenceUrl', path: '/clearkey/00000000000000000000000000000000' },
]

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      'data-dir': { type: 'string' },
      token: { type: 'string' },
      content: { type: 'string', multiple: true },
    },
  })
  const [what, file] = positionals
  const { token, content = [] } = values
  if ((what !== 'record' && what !== 'compare') || file === undefined || token === undefined)
    throw new Error(usage)
  const place = { outputs: await choosePlace(values), token }
  if (what === 'record') {
    const asks = [...always, ...(await Promise.all(content.map((one) => asksOf(one, place)))).flat()]
    const answered: Answered[] = []
    for (const ask of asks) answered.push({ ...ask, answer: await answerTo(ask, place) })
    writeFileSync(file, `${JSON.stringify(answered, undefined, 1)}\n`)
    process.stdout.write(`${answered.length} answers in ${file}\n`)
    return
  }
  const recorded = JSON.parse(readFileSync(file, 'utf8')) as readonly Answered[]
  let differing = 0
  for (const { answer, ...ask } of recorded) {
    const now = await answerTo(ask, place)
    if (now === answer) continue
    differing++
    process.stdout.write(`${ask.method} ${ask.base}${ask.path}\n  before ${answer}\n  now    ${now}\n`)
  }
  process.stdout.write(`${recorded.length - differing} the same, ${differing} differ\n`)
  process.exitCode = differing > 0 ? 1 : 0
}

await main()
