/** Texts as the repository formats them, wherever a name made a line too long or an import stand out of order. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { CommandError } from '../errors.ts'

/** Texts by path from the root. */
export type Texts = ReadonlyMap<string, string>

/** The same texts in the form `npm run check` wants; throws SCAFFOLD_FORMAT where they have none. */
export function formatted(root: string, texts: Texts): Texts {
  const scratch = mkdtempSync(join(tmpdir(), 'headend-format-'))
  try {
    cpSync(join(root, 'biome.json'), join(scratch, 'biome.json'))
    for (const [path, text] of texts) {
      mkdirSync(dirname(join(scratch, path)), { recursive: true })
      writeFileSync(join(scratch, path), text)
    }
    const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
    const { status, stderr } = spawnSync(
      process.execPath,
      [biome, 'check', '--write', '--vcs-enabled=false'],
      {
        cwd: scratch,
        encoding: 'utf8',
      },
    )
    if (status !== 0) throw new CommandError('SCAFFOLD_FORMAT', `nothing was written; biome says: ${stderr}`)
    return new Map([...texts.keys()].map((path) => [path, headed(readFileSync(join(scratch, path), 'utf8'))]))
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** Where another import came to stand first, the formatter parts it from the words about the file. */
const headed = (text: string): string => text.replace(/^(\/\*\*[\s\S]*?\*\/)\n\n(?=import )/, '$1\n')
