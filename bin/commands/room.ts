/** `headend new room`, `headend remove room`: a room that stands, and none of it again. */
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { apply } from '../scaffold/apply.ts'
import { roomNames } from '../scaffold/names.ts'
import { additions, type Change, removals } from '../scaffold/plan.ts'
import { roomScaffold } from '../scaffold/room.ts'
import { refuseTaken } from '../scaffold/taken.ts'
import { type Command, parse } from './command.ts'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

export const newRoomCommand: Command = {
  name: 'new room',
  usage: 'new room NAME',
  summary:
    'writes a room that stands: a table, a queue and a subscriber with their functions, routes in the API, alarms, grants, errors, tests',
  run(args) {
    const { positionals } = parse(args, { options: {}, positionals: 1, usage: 'new room NAME' })
    const names = roomNames(positionals[0] ?? '')
    const scaffold = roomScaffold(root, names)
    refuseTaken(root, names, scaffold)
    const changes = additions(root, scaffold)
    apply(root, changes)
    const { kebab } = names
    return Promise.resolve(
      `${listed(changes)}
npm run check, npm run build, then npx vitest run test/${kebab} test/stack test/house-rules: all hold. Now make it yours.
npm run -s headend -- remove room ${kebab} takes it away again, as long as nobody has edited it.
`,
    )
  },
}

export const removeRoomCommand: Command = {
  name: 'remove room',
  usage: 'remove room NAME',
  summary: 'removes what new room has written, as long as nobody has edited it',
  run(args) {
    const { positionals } = parse(args, { options: {}, positionals: 1, usage: 'remove room NAME' })
    const changes = removals(root, roomScaffold(root, roomNames(positionals[0] ?? '')))
    apply(root, changes)
    return Promise.resolve(listed(changes))
  },
}

const listed = (changes: readonly Change[]): string =>
  [
    ...changes.map(({ path, before, after }) => `${verb(before, after)} ${path}\n`),
    `changed docs/errors.md\n`,
  ].join('')

const verb = (before: string | undefined, after: string | undefined): string => {
  if (before === undefined) return 'wrote  '
  return after === undefined ? 'removed' : 'changed'
}
