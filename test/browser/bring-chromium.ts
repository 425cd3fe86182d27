/**
 * Brings a Chromium where the machine has none: the one that is made for Lambda comes from npm's registry, 66 MB, and
 * plays what these tests show (H.264, AAC, AV1, VP9, Clear Key). Runs once, before any browser test, and only here: who
 * starts headend need not wait for it.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { browserMissing } from './chromium.ts'

const run = promisify(execFile)
const tools = join(import.meta.dirname, '../tools')
const isMadeFor = process.platform === 'linux' && process.arch === 'x64'

interface LambdaChromium {
  readonly default: { executablePath(): Promise<string> }
}

/** Names it in `CHROMIUM`; without it tests are skipped, and say what to install. */
export async function setup(): Promise<void> {
  if (browserMissing === undefined || !isMadeFor) return
  try {
    if (!existsSync(join(tools, 'node_modules'))) {
      console.error('Installing a Chromium for the browser tests (npm ci in test/tools), once')
      await run(
        'npm',
        ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', '--fetch-retries=1'],
        {
          cwd: tools,
        },
      )
    }
    const entry = createRequire(join(tools, 'package.json')).resolve('@sparticuz/chromium')
    const { default: chromium } = (await import(pathToFileURL(entry).href)) as LambdaChromium
    const path = await chromium.executablePath()
    // It wants libraries which a bare machine may lack (Debian: libnss3).
    await run(path, ['--version', '--no-sandbox'])
    process.env['CHROMIUM'] = path
  } catch (error) {
    console.error(`No Chromium from npm: ${error instanceof Error ? error.message : String(error)}`)
  }
}
