/** `headend mp4 inspect`: what ingest would make of a film, and what it would leave out. */
import { open } from 'node:fs/promises'
import { HeadendError } from '../../lib/errors.ts'
import { type Inspection, inspectMp4, type Source } from '../../lib/packaging/index.ts'
import { s3Client } from '../../lib/platform/aws/clients.ts'
import { objectFacts, readRange } from '../../lib/platform/aws/objects.ts'
import { CommandError } from '../errors.ts'
import { type Command, parse } from './command.ts'
import { withKeptSamples } from './kept-samples.ts'
import { chooseEndpoint } from './place.ts'

const usage = 'mp4 inspect FILE|s3://BUCKET/KEY [--json] [--data-dir .headend | --cloud]'

export const mp4InspectCommand: Command = {
  name: 'mp4 inspect',
  usage,
  summary: 'prints tracks, segments and problems of a film',
  async run(args) {
    const { values, positionals } = parse(args, {
      options: { json: { type: 'boolean' }, 'data-dir': { type: 'string' }, cloud: { type: 'boolean' } },
      positionals: 1,
      usage,
    })
    const name = positionals[0] ?? ''
    if (name.startsWith('s3://')) chooseEndpoint(values)
    const inspection = await (name.startsWith('s3://') ? inspectObject(name) : inspectFile(name))
    return values.json ? `${JSON.stringify(inspection, null, 2)}\n` : table(inspection)
  },
}

async function inspectFile(name: string): Promise<Inspection> {
  await using file = await open(name)
  const source: Source = {
    name,
    size: (await file.stat()).size,
    async read(offset, length) {
      const bytes = Buffer.alloc(length)
      const { bytesRead } = await file.read(bytes, 0, length, offset)
      return bytes.subarray(0, bytesRead)
    },
  }
  // Awaited here: the file closes as this function ends.
  return await withKeptSamples((keep) => inspectMp4(source, keep))
}

async function inspectObject(url: string): Promise<Inspection> {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(url) ?? []
  if (!bucket) throw new CommandError('CLI_USAGE', `expected s3://BUCKET/KEY, got ${url}`)
  const s3 = s3Client()
  const facts = await objectFacts(s3, { bucket, key })
  if (!facts) throw new HeadendError('OBJECT_GONE', `${url}: there is no such object`, { status: 404 })
  const source: Source = {
    name: url,
    size: facts.bytes,
    read: (offset, length) => readRange(s3, { bucket, key, versionId: facts.versionId }, { offset, length }),
  }
  return withKeptSamples((keep) => inspectMp4(source, keep))
}

function table({ file, bytes, durationSeconds, read, tracks, skipped, warnings }: Inspection): string {
  const lines = [
    `${file}: ${bytes} bytes, ${durationSeconds.toFixed(3)} s; read ${read.bytes} bytes in ${read.requests} requests`,
  ]
  for (const track of tracks) {
    const shape = [
      track.width !== undefined && `${track.width}x${track.height}`,
      track.frameRate && `${(track.frameRate[0] / track.frameRate[1]).toFixed(3)} fps`,
      track.sampleRate !== undefined && `${track.sampleRate} Hz, ${track.channels} channels`,
      track.language,
      track.trickOf && `key frames of ${track.trickOf}`,
      track.sap && `leading pictures (SAP type ${track.sap})`,
      track.configs && `changes: ${track.configs.map(({ id, codec }) => `${id} ${codec}`).join(', ')}`,
    ].filter(Boolean)
    const kilobits = Math.round(track.bitsPerSecond.average / 1000)
    lines.push('', `${track.id}  ${track.codec}  ${shape.join(', ')}  ${kilobits} kb/s`)
    for (const {
      number,
      startSeconds,
      durationSeconds: long,
      bytes: size,
      samples,
      sync,
      reads,
      configId,
      discontinuity,
    } of track.segments)
      lines.push(
        `  ${String(number).padStart(5)} ${startSeconds.toFixed(3).padStart(10)} s ${long.toFixed(3).padStart(8)} s` +
          `${String(size).padStart(10)} bytes ${String(samples).padStart(5)} samples ${reads} reads${sync ? '' : '  no key frame'}${discontinuity ? '  discontinuity' : ''}${configId ? `  config ${configId}` : ''}`,
      )
  }
  for (const one of warnings) lines.push('', `mended: ${trackName(one)}: ${one.code} ${one.reason}`)
  for (const one of skipped) lines.push('', `left out: ${trackName(one)}: ${one.code} ${one.reason}`)
  return `${lines.join('\n')}\n`
}

/** Of a track that could not be read not all is known. */
function trackName({ file, trackId, type, codec }: Inspection['skipped'][number]): string {
  const what = [type, codec].filter(Boolean).join(' ')
  return [trackId === undefined ? file : `track ${trackId}`, what && `(${what})`].filter(Boolean).join(' ')
}
