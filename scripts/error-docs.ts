/** Writes docs/errors.md from the tables of errors; with --check it says whether the file is as they say. */
import { readFileSync, writeFileSync } from 'node:fs'
import { commandErrors } from '../bin/errors.ts'
import type { ErrorEntry } from '../lib/errors/area.ts'
import { errorAreas } from '../lib/errors/table.ts'
import { localErrors } from '../local/errors.ts'

const path = 'docs/errors.md'

/** The page, as the tables say. */
export const errorDocs = (): string =>
  [
    '# Errors',
    '',
    'Every code headend answers, throws, logs or notes in the record of an asset, with the HTTP status it is answered with. Made by `node scripts/error-docs.ts` from `lib/errors/`, `bin/errors.ts` and `local/errors.ts`: change it there.',
    '',
    'A refusal is `{"error":{"code","message"}}`; its message says what, where, what was expected and what came. 503 comes with Retry-After: the same request may be sent again. A code without a status stands in the record of an asset alone.',
    ...errorAreas.flatMap(({ title, codes }) => section(title, Object.entries(codes))),
    ...section('Commands', Object.entries(commandErrors)),
    ...section('The cloud on this machine', Object.entries(localErrors)),
    '',
  ].join('\n')

type Row = readonly [code: string, entry: Omit<ErrorEntry, 'status'> & Partial<Pick<ErrorEntry, 'status'>>]

const section = (title: string, rows: readonly Row[]): string[] => [
  '',
  `## ${title}`,
  '| code | status | what is wrong | what to do |',
  '|---|---|---|---|',
  ...rows
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([code, { status = [], meaning, advice, command }]) =>
        `| \`${code}\` | ${[status].flat().join(', ') || '–'} | ${cell(meaning)} | ${cell(advice)}${command === undefined ? '' : ` \`${cell(command)}\``} |`,
    ),
]

/** What would end a cell of a table is written as text. */
const cell = (text: string): string => text.replaceAll('|', '\\|')

if (import.meta.main) {
  if (!process.argv.includes('--check')) writeFileSync(path, errorDocs())
  else if (readFileSync(path, 'utf8') !== errorDocs()) {
    console.error(
      `${path} is not as lib/errors/, bin/errors.ts and local/errors.ts say: node scripts/error-docs.ts`,
    )
    process.exitCode = 1
  }
}
