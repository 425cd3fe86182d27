/** `npm start`: the whole headend on this machine. */

import { access, constants, mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { chdir } from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Cloud, startCloud } from '../local/cloud.ts'
import { assertDataDirFree } from '../local/data-dir.ts'
import { CommandError, isSentence } from './errors.ts'
import { freshAssembly } from './local/assembly.ts'
import { type DemoChannel, startDemoChannel } from './local/demo-channel.ts'
import { showDemoFilm } from './local/demo-film.ts'
import { signIns } from './local/sign-ins.ts'
import { createTerminal } from './local/terminal.ts'

const help = `npm start -- [options]

  --port N         CloudFront's port; the AWS endpoint and the APIs have the next ones   (8080)
  --data-dir DIR   where everything is kept, made when it is not there                 (.headend)
  --empty          without the demo film
  --demo-channel   with a channel, demo, that shows the demo film for ever; 5 GB of disk an hour
  --help           this`

const { say, show } = createTerminal(process.stdout)

/** Ends cleanly at the first signal and at once at the second. */
function onSignal(end: () => Promise<void>): AbortSignal {
  const ending = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (ending.signal.aborted) process.exit(130)
      ending.abort()
      void end().then(
        () => process.exit(0),
        (error: unknown) => fail(error),
      )
    })
  }
  return ending.signal
}

async function main(): Promise<void> {
  const from = process.cwd()
  // Build and synthesis name their files from the repository's root.
  chdir(join(import.meta.dirname, '..'))
  const { port, dataDir, empty, demoChannel } = readOptions(from)
  let starting: Promise<Cloud> | undefined
  let channel: DemoChannel | undefined
  const signal = onSignal(async () => {
    say('stopping')
    await channel?.ended.catch(() => undefined)
    await starting?.then(
      (cloud) => cloud.close(),
      () => undefined,
    )
  })

  await mkdir(dataDir, { recursive: true, mode: 0o700 })
    .then(() => access(dataDir, constants.W_OK))
    .catch((cause: Error) => {
      throw new CommandError(
        'LOCAL_DATA_DIR',
        `--data-dir ${dataDir}: expected a directory to write in, got ${cause.message}`,
        { cause },
      )
    })
  // The assembly a running cloud reads its functions from is not to be made anew under it.
  await assertDataDirFree(dataDir)
  const assemblyDir = await freshAssembly({ directory: join(dataDir, 'cdk.out'), say })
  starting = startCloud({
    assemblyDir,
    dataDir,
    port,
    secretOutputs: signIns,
    say,
    log: ({ source, message }) => say(`${source}: ${message.split('\n', 1)[0]}`),
  })
  const { outputs } = await starting
  if (!empty && outputs['UploadBucket'] !== undefined) {
    const film = await showDemoFilm({ dataDir, outputs, signal, show }).catch((error: unknown) => error)
    // The rest runs without it.
    if (film !== 'was there' && !signal.aborted)
      say(`demo film: ${film instanceof Error ? film.message : String(film)}`)
  }
  if (demoChannel && !signal.aborted) channel = await demoChannelOf(outputs, signal)
  if (signal.aborted) return
  for (const [name, value] of Object.entries(outputs)) {
    if (shownOutput.test(name)) say(`${name.padEnd(14)} ${value}`)
  }
  say(`Console        ${outputs['ConsoleUrl']}/#token=${outputs['OperatorToken']}`)
  if (channel) {
    say(`Demo channel   ${channel.hlsUrl}`)
    say(`               ${channel.dashUrl}`)
  }
  say('headend ready')
}

/** The channel with its feed; what goes wrong with it is said, and the rest runs without it. */
async function demoChannelOf(
  outputs: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<DemoChannel | undefined> {
  const broken = (error: unknown): void => {
    if (!signal.aborted) say(`demo channel: ${error instanceof Error ? error.message : String(error)}`)
  }
  const sleep = (ms: number): Promise<void> => wait(ms, undefined, { signal }).catch(() => undefined)
  const pauses = { random: Math.random, sleep }
  show('waiting for the demo channel to play')
  const channel = await startDemoChannel({ outputs, now: Date.now, pauses, say, signal }).catch(
    (error: unknown) => {
      broken(error)
      return undefined
    },
  )
  channel?.ended.catch(broken)
  return channel
}

/** The rest stands in outputs.json alone: credentials, and names that only tools need. The console link is the one exception. */
const shownOutput = /(Bucket|Url|Endpoint)$/

function readOptions(from: string): {
  readonly port: number
  readonly dataDir: string
  readonly empty: boolean
  readonly demoChannel: boolean
} {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '8080' },
      'data-dir': { type: 'string', default: '.headend' },
      empty: { type: 'boolean', default: false },
      'demo-channel': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(help)
    process.exit(0)
  }
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_530) {
    throw new CommandError('LOCAL_PORT', `--port: expected a number from 0 to 65530, got ${values.port}`)
  }
  return {
    port,
    dataDir: resolve(from, values['data-dir']),
    empty: values.empty,
    demoChannel: values['demo-channel'],
  }
}

function fail(error: unknown): never {
  if (isSentence(error)) console.error(`${error.code}: ${error.message}`)
  else if (error instanceof TypeError && 'code' in error)
    console.error(`LOCAL_OPTION: ${error.message}\n\n${help}`)
  else console.error(error)
  process.exit(1)
}

await main().catch(fail)
