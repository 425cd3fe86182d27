/** Writes docs/events.md from the events that rooms define; with --check it says whether the file is as they say. */
import { readFileSync, writeFileSync } from 'node:fs'
import * as z from 'zod'
import { assetEvents } from '../lib/assets/index.ts'
import type { EventType } from '../lib/platform/events/event-type.ts'
import { rightsEvents } from '../lib/rights/index.ts'

const path = 'docs/events.md'

/** Every event of every room, in the order of the flow. */
export const roomEvents: readonly EventType[] = [...assetEvents, ...rightsEvents]

/** The page, as the definitions say. */
export const eventDocs = (): string =>
  [
    '# Events',
    '',
    'What rooms of headend say on the event bus of their region, for other rooms and for rules of your own. Made by `node scripts/event-docs.ts` from the definitions in `lib/<room>/events/`: change it there.',
    '',
    'The bus is the one the output `EventBus` names. `source` and `detail-type` choose what a rule matches:',
    '',
    '```',
    'aws events put-rule --event-bus-name "$(npm run -s headend -- outputs --cloud --only EventBus)" \\',
    `  --name films-that-play --event-pattern '${JSON.stringify({ source: ['headend.assets'], 'detail-type': ['AssetReady'] })}'`,
    '```',
    '',
    'Events say what happened and to what, and nothing that was true of it then: who hears of one asks the API what is true now. Every `detail` has, beside its facts:',
    '',
    '| member | what |',
    '|---|---|',
    '| `version` | of the event, as below; it grows when a fact goes or means something else. Members may be added to a version: pass over those you do not know |',
    '| `id` | names what happened: the same change has the same id, however often it is told. (The `id` beside `detail` is EventBridge’s own, another one each time) |',
    '| `at` | when it happened, to the second, ISO 8601 |',
    '| `sequence` | of two events about the same asset or content the later one’s is the greater text |',
    '',
    'Each event comes at least once. It may come twice, late, and after one that happened later: drop an `id` you know, and a `sequence` that is less than the last one of its subject.',
    ...roomEvents.flatMap(section),
    '',
  ].join('\n')

function section({ source, name, version, meaning, schema }: EventType): string[] {
  const { properties = {}, required = [] } = jsonSchemaOf(name, schema)
  return [
    '',
    `## ${name}`,
    '',
    `\`${source}\`, version ${version}. ${meaning}`,
    '',
    '| member | type | what |',
    '|---|---|---|',
    ...Object.entries(properties).map(([member, fact]) => {
      const { type, description = '' } = typeof fact === 'object' ? fact : {}
      return `| \`${member}\` | ${[type].flat().join(' or ')}${required.includes(member) ? '' : ', optional'} | ${description.replaceAll('|', '\\|')} |`
    }),
  ]
}

function jsonSchemaOf(name: string, schema: unknown) {
  if (schema instanceof z.ZodType) return z.toJSONSchema(schema)
  throw new Error(`${name}: expected a schema of zod, got another`)
}

if (import.meta.main) {
  if (!process.argv.includes('--check')) writeFileSync(path, eventDocs())
  else if (readFileSync(path, 'utf8') !== eventDocs()) {
    console.error(`${path} is not as lib/<room>/events/ say: node scripts/event-docs.ts`)
    process.exitCode = 1
  }
}
