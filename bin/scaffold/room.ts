/** A room: its files, and its lines in the files that know all rooms. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { after, amongImports, before, type Edit, inOrder, insertion, type Place, raised } from './edit.ts'
import { filled, type Names } from './names.ts'
import type { Scaffold } from './plan.ts'

const templates = 'scripts/templates/room'

/** What a room of this name is made of. */
export function roomScaffold(root: string, names: Names): Scaffold {
  const of = (text: string) => filled(text, names)
  return {
    what: `room ${names.kebab}`,
    folders: ['lib', 'lambdas', 'test'].map((folder) => `${folder}/${names.kebab}`),
    files: new Map([...templatesOf(root)].map(([path, text]) => [of(path), of(text)])),
    edits: roomEdits(names),
  }
}

/** A room's files by their paths, both with the placeholder in the place of its name. */
export const templatesOf = (root: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(join(root, templates), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .toSorted()
      .map((path) => [path.replaceAll(sep, '/'), readFileSync(join(root, templates, path), 'utf8')]),
  )

/** What the API's function grows by with a room, and what the function of one weighs. */
const apiBytes = 10_000
const functionBytes = 780_000
/** What the alarms of a room look at: its functions, their dead letters, its table. */
const alarmMetrics = 13

function roomEdits(names: Names): readonly Edit[] {
  const put = (path: string, text: string, place: Place) => insertion(path, filled(text, names), place)
  const property = names.kebab === names.camel ? names.kebab : `'${names.kebab}'`
  return [
    put(
      'scripts/build.ts',
      "  'room-name/asset-ready',\n  'room-name/seen',\n",
      after(/^const regional = \[\n(?: {2}'[^']+',\n)+/),
    ),
    put(
      'bench/budget.json',
      `    "room-name/asset-ready": { "bytes": ${functionBytes} },\n    "room-name/seen": { "bytes": ${functionBytes} },\n`,
      before(/^ {4}"api\/api":/),
    ),
    raised('bench/budget.json', /^ {4}"api\/api": \{ "bytes": (\d+)/, apiBytes),
    raised('test/stack/operations.test.ts', /metrics\.length\)\.toBeLessThan\((\d+)\)/, alarmMetrics),
    ...inErrors(put),
    ...inStacks(put, names),
    ...inApi(put, names),
    put(
      'ARCHITECTURE.md',
      '| `lib/room-name/` | room name: entries an operator keeps, and when each was last seen; its queue, what it hears of assets, its part of the API | foundation, assets |\n',
      before(/^\| `lib\/api\/` \|/),
    ),
    put('ARCHITECTURE.md', ', room-name', after(/^\| `lib\/api\/` \|.*[\w)](?= \|$)/)),
    put(
      'test/house-rules/doors.test.ts',
      `  ${property}: [...foundation, 'assets', 'zod', '@hono/zod-openapi'],\n`,
      before(/^ {2}api: \[/),
    ),
    put('test/house-rules/doors.test.ts', "'room-name', ", after(/^ {2}api: \[\s*\.\.\.foundation,\s*/)),
  ]
}

type Put = (path: string, text: string, place: Place) => Edit

const inErrors = (put: Put): readonly Edit[] => [
  put('lib/errors/table.ts', "import { roomName } from './room-name.ts'\n", amongImports),
  put('lib/errors/table.ts', '  ...roomName,\n', after(/^ {2}\.\.\.rights,\n/)),
  put(
    'lib/errors/table.ts',
    "  { title: 'Room name', codes: roomName },\n",
    after(/^ {2}\{ title: 'Rights', codes: rights \},\n/),
  ),
]

const inStacks = (put: Put, { pascal }: Names): readonly Edit[] => [
  put('lib/headend.ts', "import { RoomName } from './room-name/construct.ts'\n", amongImports),
  put(
    'lib/headend.ts',
    `    // Room name: entries an operator keeps, and when each was last seen.
    const roomName = new RoomName(this, 'RoomName', { dist, bus })
    roomName.grantOperate(this.api.function)
    output(this, 'RoomNameTable', roomName.table.tableName)
    output(this, 'RoomNameQueue', roomName.queue.queueUrl)
    output(this, 'RoomNameDeadLetters', roomName.deadLetters.queueUrl)
`,
    before(/(?:^ {4}\/\/.*\n)*^ {4}new Operations\(this, 'Operations', \{\n/),
  ),
  put(
    'lib/headend.ts',
    '        RoomName: roomName.watches,\n',
    before(/^ {8}Account: accountWatches\(this\),\n/),
  ),
  put(
    'lib/platform/constructs/adopted.construct.ts',
    "  | 'RoomNameTable'\n",
    after(/^ {2}\| 'RightsTable'\n/),
  ),
  put('docs/deploy.md', '`RoomNameTable`, ', after(/`IndexTable`, `RightsTable`, /)),
  put(
    'test/stack/synth.ts',
    "    'lambdas/room-name/asset-ready/index.mjs': 'export const handler = () => {}',\n    'lambdas/room-name/seen/index.mjs': 'export const handler = () => {}',\n",
    after(/^ {4}'lambdas\/rights\/sweep\/index\.mjs': .*\n/),
  ),
  ...['DeadLetters', 'Queue', 'Table'].map((output) =>
    put(
      'test/stack/headend.test.ts',
      `      'RoomName${output}',\n`,
      inOrder(
        `${pascal}${output}`,
        /(?<=^ {2}it\('puts out the names .*\n.*\n)(?: {6}'\w+',\n)+/,
        /^ {6}'(\w+)',\n/,
      ),
    ),
  ),
  put(
    'test/stack/headend.test.ts',
    "      'RoomNameSeenFaults',\n      'RoomNameSeenDeadLetters',\n      'RoomNameReadyFaults',\n      'RoomNameReadyDeadLetters',\n      'RoomNameThrottled',\n",
    before(/^ {6}'Throttled',\n/),
  ),
  put(
    'test/stack/tables.test.ts',
    "    ['RoomNameTable', rightsTable],\n",
    after(/^ {4}\['Table', rightsTable\],\n/),
  ),
  put(
    'test/stack/stacks.test.ts',
    "      RoomNameTable: 'room-name',\n",
    after(/^ {6}RightsTable: 'rights',\n/),
  ),
  put(
    'test/stack/grants.test.ts',
    `    'dynamodb:GetItem RoomNameTable',
    'dynamodb:PutItem RoomNameTable',
    'dynamodb:DeleteItem RoomNameTable',
    'dynamodb:Query RoomNameTable',
`,
    after(/^ {2}CatalogueApi: \[\n/),
  ),
  put(
    'test/stack/grants.test.ts',
    `  RoomNameRoomNameSeen: [
    'dynamodb:GetItem RoomNameTable',
    'dynamodb:PutItem RoomNameTable',
    'sqs:ReceiveMessage RoomNameSeenQueue',
    'sqs:DeleteMessage RoomNameSeenQueue',
    'sqs:ChangeMessageVisibility RoomNameSeenQueue',
    'sqs:GetQueueAttributes RoomNameSeenQueue',
    'sqs:GetQueueUrl RoomNameSeenQueue',
  ],
  RoomNameRoomNameReady: [
    'dynamodb:GetItem RoomNameTable',
    'dynamodb:PutItem RoomNameTable',
    'sqs:ReceiveMessage RoomNameRoomNameReadyQueue',
    'sqs:DeleteMessage RoomNameRoomNameReadyQueue',
    'sqs:ChangeMessageVisibility RoomNameRoomNameReadyQueue',
    'sqs:GetQueueAttributes RoomNameRoomNameReadyQueue',
    'sqs:GetQueueUrl RoomNameRoomNameReadyQueue',
  ],
`,
    before(/^ {2}CatalogueApi: \[\n/),
  ),
  put(
    'test/stack/grants.test.ts',
    `      'events.amazonaws.com RoomNameRoomNameReadyRule RoomNameRoomNameReadyDeadLetters',
      'events.amazonaws.com RoomNameRoomNameReadyRule RoomNameRoomNameReadyQueue',
`,
    inOrder(
      `events.amazonaws.com ${pascal}${pascal}ReadyRule`,
      /(?<=^ {4}expect\(senders\.toSorted\(\)\)\.toEqual\(\[\n)(?: {6}'[^']+',\n)+/,
      /^ {6}'([^']+)',\n/,
    ),
  ),
]

const inApi = (put: Put, { kebab }: Names): readonly Edit[] => [
  put('lib/api/api.ts', "import { addRoomNameRoutes } from '../room-name/index.ts'\n", amongImports),
  put('lib/api/api.ts', "import type { RoomNameStore } from '../room-name/store.ts'\n", amongImports),
  put(
    'lib/api/api.ts',
    '  readonly roomName: RoomNameStore\n',
    after(/^ {2}readonly presentations: PresentationPorts\['presentations'\]\n/),
  ),
  put('lib/api/api.ts', '  addRoomNameRoutes(app, parts)\n', before(/^ {2}app\.doc31\(/)),
  put('lib/api/store.ts', "import { roomNameStore } from '../room-name/store.ts'\n", amongImports),
  put('lib/api/store.ts', "'ROOM_NAME_TABLE', ", before(/'SESSION_STORE'/)),
  put(
    'lib/api/store.ts',
    '    roomName: roomNameStore({ table: config.ROOM_NAME_TABLE }),\n',
    before(/^ {4}sessions: /),
  ),
  put(
    'lib/platform/operator/operator-api.ts',
    "  { name: 'room-name', description: 'Room name: entries, and when each was last seen.' },\n",
    inOrder(kebab, /(?<=^export const tags = \[\n)[\s\S]*?(?=^\]\n)/, /^ {2}\{\s*name: '([a-z-]+)'/),
  ),
  put('test/api/parts.ts', "import { absentRoomName } from '../room-name/absent.ts'\n", amongImports),
  put(
    'test/api/parts.ts',
    '    roomName: absentRoomName,\n',
    after(/^ {4}presentations: noPresentations,\n/),
  ),
]
