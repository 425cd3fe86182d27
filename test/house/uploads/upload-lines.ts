/** The lines of docs/uploads.md, run as they stand: what is documented is what was tried. */
import { execFile, spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { demoFilm } from '../media.ts'

/** Where a line uploads to. */
export interface UploadTarget {
  readonly endpoint: string
  readonly bucket: string
}

/** Headings of the page with lines under them. */
export type UploadClient =
  | 'AWS CLI'
  | 'curl'
  | 'AWS SDK for JavaScript'
  | 'boto3'
  | 'rclone'
  | 's3cmd'
  | 'A presigned URL'
  | 'A form'

const page = readFileSync('docs/uploads.md', 'utf8')

/** Every client, in the order of the page. */
export const uploadClients: readonly UploadClient[] = [
  'AWS CLI',
  'curl',
  'AWS SDK for JavaScript',
  'boto3',
  'rclone',
  's3cmd',
  'A presigned URL',
  'A form',
]

/** The headings that have lines under them, but for the credentials all of them want. */
export const documentedClients = (): readonly string[] =>
  page
    .split(/^## /m)
    .filter((section) => section.includes('```sh'))
    .map((section) => section.split('\n', 1)[0] ?? '')
    .filter((heading) => heading !== 'Credentials')

/** Why a client cannot be tried here; undefined where it can. */
export function clientMissing(client: UploadClient): string | undefined {
  const missing = programs[client].filter(([program, ...args]) => {
    const { status, error } = spawnSync(program, args)
    return error !== undefined || status !== 0
  })
  return missing.length === 0
    ? undefined
    : `skipped: no ${missing.map((words) => words.join(' ')).join(', ')}`
}

type Probe = readonly [program: string, ...args: string[]]
const curl: Probe = ['curl', '--aws-sigv4', '', '--version']
const boto3: Probe = ['python3', '-c', 'import boto3']
const programs: Readonly<Record<UploadClient, readonly Probe[]>> = {
  'AWS CLI': [['aws', '--version']],
  curl: [curl],
  'AWS SDK for JavaScript': [['node', '--version']],
  boto3: [boto3],
  rclone: [['rclone', 'version']],
  s3cmd: [['s3cmd', '--version']],
  'A presigned URL': [boto3, curl],
  'A form': [boto3, curl],
}

/** Runs a client's lines on a machine that has `film.mp4`, and neither credentials nor settings of its own. */
export async function runUpload(client: UploadClient, target: UploadTarget): Promise<void> {
  // The line before is what finds endpoint and bucket of a headend on its usual port.
  const credentials = linesOf('Credentials')
    .split('\n')
    .filter((line) => line.includes('AWS_ACCESS_KEY_ID'))
  const before = client === 'rclone' && sendsRights() ? [rightsOfRclone()] : []
  await onBareMachine([...credentials, ...before, linesOf(client)].join('\n'), target)
}

/** Runs a script in a folder with the demo film as `film.mp4`, with an environment of nothing else; gives what it printed. */
export async function onBareMachine(script: string, { endpoint, bucket }: UploadTarget): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), 'headend-uploads-'))
  try {
    copyFileSync(demoFilm, join(home, 'film.mp4'))
    symlinkSync(resolve('node_modules'), join(home, 'node_modules'))
    const env = { PATH: process.env['PATH'], HOME: home, S3: endpoint, UPLOADS: bucket }
    const bash = ['--norc', '-euo', 'pipefail', '-c', script]
    const { stdout } = await promisify(execFile)('bash', bash, { cwd: home, env, timeout: 300_000 })
    return stdout
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

/** The policy the page gives to who uploads to a bucket. */
export function uploadPolicy(bucket: string): unknown {
  const [, json = ''] = /```json\n([^]*?)```/.exec(page) ?? []
  return JSON.parse(json.replaceAll('UPLOADS', bucket))
}

/** What stands between a heading's fences. */
function linesOf(heading: string): string {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? ''
  const [, lines] = /```sh\n([^]*?)```/.exec(section) ?? []
  if (lines === undefined) throw new Error(`docs/uploads.md: expected lines under "## ${heading}", got none`)
  return lines
}

/** Whether this rclone is one of those that need what the page says of them. */
function sendsRights(): boolean {
  const [, major, minor] =
    /rclone v(\d+)\.(\d+)/.exec(spawnSync('rclone', ['version']).stdout.toString()) ?? []
  return Number(major) === 1 && Number(minor) < 61
}

const rightsOfRclone = () => /`(export RCLONE_S3_ACL=[^`]+)`/.exec(page)?.[1] ?? ''
