/**
 * Makes a clone ready: installs what the lock file names, and the Node that everything here runs on. Given a
 * script and its arguments it then runs them on that Node. The shell cannot be left to do so: it remembers
 * where it found `node` first, and on a fresh clone that was the machine's own.
 *
 * This file alone must run on any Node from 20.19 on, with nothing installed.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const stamp = join(modules, '.headend-lock')
const lock = join(root, 'package-lock.json')
const windows = process.platform === 'win32'
const ownNode = join(modules, 'node', 'bin', windows ? 'node.exe' : 'node')

refuseOldNode([20, 19])
install()
installNode()
run(process.argv.slice(2))

function refuseOldNode([major, minor]) {
  const [haveMajor = 0, haveMinor = 0] = process.versions.node.split('.').map(Number)
  if (haveMajor > major || (haveMajor === major && haveMinor >= minor)) return
  fail(
    `NODE_TOO_OLD: expected Node ${major}.${minor} or later, got ${process.versions.node}; see https://nodejs.org`,
  )
}

function install() {
  const wanted = createHash('sha256').update(readFileSync(lock)).digest('hex')
  if (installed() === wanted) return
  if (!installedByHand()) {
    console.error('Installing packages (npm ci), once for each change of package-lock.json')
    npm(['ci', '--no-audit', '--no-fund', '--loglevel=error'], root)
  }
  writeFileSync(stamp, wanted)
}

function installed() {
  return existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined
}

/** npm's own record of what it installed, later than the lock file: `npm ci` was run without this script. */
function installedByHand() {
  const record = join(modules, '.package-lock.json')
  return !existsSync(stamp) && existsSync(record) && statSync(record).mtimeMs >= statSync(lock).mtimeMs
}

/** The package `node` fetches its binary by an install script, which npm may have been told not to run. */
function installNode() {
  const folder = join(modules, 'node')
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  if (nodeVersion() !== `v${version}`) {
    console.error(`Installing Node ${version}`)
    const { status } = spawnSync(process.execPath, ['installArchSpecificPackage.js'], {
      cwd: folder,
      stdio: ['inherit', 2, 2],
    })
    const got = nodeVersion()
    if (status !== 0 || got !== `v${version}`) {
      fail(
        `NODE_NOT_INSTALLED: expected Node v${version} in node_modules, got ${got ?? 'none'}; run npm rebuild node`,
      )
    }
  }
  const link = join(modules, '.bin', 'node')
  if (windows || existsSync(link)) return
  mkdirSync(dirname(link), { recursive: true })
  symlinkSync(join('..', 'node', 'bin', 'node'), link)
}

function nodeVersion() {
  if (!existsSync(ownNode)) return undefined
  return spawnSync(ownNode, ['--version'], { encoding: 'utf8' }).stdout?.trim()
}

function npm(args, cwd) {
  const path = process.env.npm_execpath
  // Under `npm start` the npm that runs is known; elsewhere the one on the PATH is taken.
  const [command, first] = path?.endsWith('.js') ? [process.execPath, [path]] : ['npm', []]
  const { status, error } = spawnSync(command, [...first, ...args], {
    cwd,
    stdio: ['inherit', 2, 2],
    shell: windows,
  })
  if (error) fail(`NPM_MISSING: npm could not be started: ${error.message}`)
  if (status !== 0) fail(`NPM_FAILED: npm ${args[0]} ended with ${status}; its own words are above`)
}

function run([script, ...args]) {
  if (script === undefined) return
  const path = [join(modules, '.bin'), process.env.PATH].join(windows ? ';' : ':')
  const child = spawn(ownNode, [join(root, script), ...args], {
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
  })
  // From a terminal Ctrl-C reaches the child as well, which ends by itself; from elsewhere it is passed on.
  process.on('SIGINT', () => undefined)
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  if (process.env.npm_lifecycle_event !== undefined) endWithParent(child)
  child.on('error', (error) => fail(`NODE_FAILED: ${error.message}`))
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGKILL' ? 137 : 1)
  })
}

/** npm passes a SIGTERM to its shell, and not every shell passes it on: when the shell is gone, we go too. */
function endWithParent(child) {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid !== parent) child.kill('SIGTERM')
  }, 300)
  timer.unref()
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
