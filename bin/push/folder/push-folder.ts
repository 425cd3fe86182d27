/** Sends what an encoder writes into a folder: each file once, when it is finished, init segments first. */
import { initFor, streamOf } from '../../../lib/channels/ingest/stream-name.ts'
import type { Contents } from '../contents.ts'
import type { Sender, Sent } from '../send/sender.ts'
import { createSlots, type Slots } from '../send/slots.ts'
import { createJudge, inOrder, isManifest, isTemporary, type SeenFile, versionOf } from './finished.ts'
import { bytesOf, listingOf, lookInto } from './listing.ts'

/** What is pushed, and with what. */
export interface FolderOptions {
  readonly folder: string
  readonly sender: Sender
  /** Of the channel. */
  readonly segmentSeconds: number
  /** Segments of each stream that are sent of those that were there before. */
  readonly last: number
  /** Ends when all that was there in the first look has been sent. */
  readonly once: boolean
  readonly clock: FolderClock
  readonly tell: (line: string) => void
  /** Aborted when the person has enough. */
  readonly signal: AbortSignal
}

/** A clock, and a pause that may end early. */
export interface FolderClock {
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly sleep: (ms: number) => Promise<void>
}

/** Objects by what became of them; `left` were there before, and older than what a channel begins with. */
export interface Totals {
  readonly sent: number
  readonly failed: number
  readonly left: number
}

/** A channel shows segments within seconds; a look at a folder of some hundred files takes a millisecond. */
const lookEveryMs = 250
/** Ingest takes a segment for lost when three later ones have come, so none is overtaken by more than one. */
const ofStreamAtOnce = 2
/** A file that nothing else speaks for: twice the longest pause within a segment, and a slow file system's. */
const minStillMs = 4000

/** Watches the folder until the signal, or, with `once`, until what was there is sent. */
export async function pushFolder(options: FolderOptions): Promise<Totals> {
  const { folder, clock, once, signal, tell } = options
  const judge = createJudge(Math.max(minStillMs, 2000 * options.segmentSeconds))
  const state = newState(tell)
  let there: ReadonlySet<string> | undefined
  while (!signal.aborted && state.fault === undefined) {
    const beganMs = clock.now()
    const { files, named, growing } = await listingOf(folder)
    for (const path of growing)
      state.tellOnce(`${path}: left out, its segments are parts of one file; push the URL of its playlist`)
    const media = files.filter(({ path }) => !isTemporary(path) && !isManifest(path) && !growing.has(path))
    if (there === undefined) {
      there = new Set(media.map(({ path }) => path))
      await leaveOld(state, media, options)
    }
    const seen = judge.look(files, named, clock.now())
    const open = media.filter((file) => !state.done.has(versionOf(file)))
    await sendFinished(state, { open, seen }, options)
    forget(state, files)
    const rest = open.filter((file) => there?.has(file.path) && !state.done.has(versionOf(file)))
    if (once && state.running.size === 0 && isOver(state, { rest, seen }, tell)) break
    // A folder of very many files is not looked at without a rest.
    await clock.sleep(Math.max(lookEveryMs, 3 * (clock.now() - beganMs)))
  }
  await Promise.all(state.running)
  if (state.fault !== undefined) throw state.fault
  return { sent: state.sent, failed: state.failed, left: state.left }
}

interface State {
  /** Versions of files that were sent or given up, or need not be. */
  readonly done: Set<string>
  /** Paths of init segments that have arrived. */
  readonly inits: Set<string>
  readonly running: Set<Promise<void>>
  /** Of each stream. */
  readonly slots: Map<string, Slots>
  readonly tellOnce: (line: string) => void
  /** What ends the whole push. */
  fault: unknown
  sent: number
  failed: number
  left: number
}

type Looked = ReturnType<ReturnType<typeof createJudge>['look']>

function newState(tell: (line: string) => void): State {
  const told = new Set<string>()
  return {
    done: new Set(),
    inits: new Set(),
    running: new Set(),
    slots: new Map(),
    tellOnce(line) {
      if (!told.has(line)) tell(line)
      told.add(line)
    },
    fault: undefined,
    sent: 0,
    failed: 0,
    left: 0,
  }
}

/** Passes over what was there before, but for the last of each stream. Init segments are never old. */
async function leaveOld(
  state: State,
  media: readonly SeenFile[],
  { folder, last, tell }: FolderOptions,
): Promise<void> {
  const streams = [...Map.groupBy(media, ({ path }) => streamOf(path)).values()]
  const older = streams.flatMap((files) => files.toSorted(inOrder).slice(0, Math.max(0, files.length - last)))
  for (const file of older) {
    if ((await lookInto(folder, file)) === 'init') continue
    state.done.add(versionOf(file))
    state.left++
  }
  if (state.left > 0)
    tell(
      `left out: ${state.left} segments that were there before; a channel goes on from the last ${last} of each stream, and --last says how many`,
    )
}

interface Open {
  /** Not sent yet. */
  readonly open: readonly SeenFile[]
  readonly seen: Looked
}

/** Sends what is finished, and resolves when the init segments among it have arrived. */
async function sendFinished(state: State, { open, seen }: Open, options: FolderOptions): Promise<void> {
  const { folder } = options
  const files = open.filter((file) => seen.has(file)).toSorted(inOrder)
  const looked: { readonly file: SeenFile; readonly contents: Contents }[] = []
  for (const file of files) looked.push({ file, contents: await lookInto(folder, file) })
  await Promise.all(
    looked
      .filter(({ contents }) => contents === 'init')
      .map(async ({ file }) => {
        if ((await sendFile(state, file, options)) === 'sent') state.inits.add(file.path)
      }),
  )
  for (const { file, contents } of looked) {
    const because = seen.get(file)
    if (contents === 'init' || because === 'nothing') continue
    if (contents === 'other') {
      state.done.add(versionOf(file))
      state.tellOnce(
        `${streamOf(file.path)}: left out, expected CMAF, fragmented MP4 or MPEG-TS of at most 128 MB`,
      )
    } else if (contents === 'unfinished') {
      if (because === 'still') state.tellOnce(`${file.path}: waits for its end, it breaks off within a box`)
    } else if (contents === 'segment' && initFor(file.path, [...state.inits]) === undefined) {
      // In the cloud it would wait, too, and be given up there after some minutes.
      state.tellOnce(`${streamOf(file.path)}: its segments wait for their init segment`)
    } else {
      state.done.add(versionOf(file))
      const running = slotsOf(
        state,
        file.path,
      )(() => sendFile(state, file, options)).then(() => void state.running.delete(running))
      state.running.add(running)
    }
  }
}

/** Slots of the stream a file is of. */
function slotsOf({ slots }: State, path: string): Slots {
  const stream = streamOf(path)
  const own = slots.get(stream) ?? createSlots(ofStreamAtOnce)
  slots.set(stream, own)
  return own
}

/** Sends a file once, whatever becomes of it; what ends the whole push becomes the fault. */
async function sendFile(
  state: State,
  file: SeenFile,
  { folder, sender, tell }: FolderOptions,
): Promise<Sent | undefined> {
  state.done.add(versionOf(file))
  const sent = await sender
    .send({ path: file.path, read: () => bytesOf(folder, file) })
    .catch((error: unknown) => void (state.fault ??= error))
  if (sent === 'sent') state.sent++
  if (sent === 'failed' || sent === 'nothing') state.failed++
  if (sent === 'nothing')
    tell(`${file.path}: not sent, it was taken away or written anew before its turn had come`)
  return sent ?? undefined
}

/** Whether what was there is sent, or never will be, which is said. */
function isOver(
  state: State,
  { rest, seen }: { readonly rest: readonly SeenFile[]; readonly seen: Looked },
  tell: (line: string) => void,
): boolean {
  if (rest.some((file) => (seen.get(file) ?? 'nothing') === 'nothing')) return false
  for (const { path } of rest) tell(`${path}: not sent, expected a whole segment and its init segment`)
  state.failed += rest.length
  return true
}

/** What the encoder took away need not be remembered. */
function forget({ done }: State, files: readonly SeenFile[]): void {
  const versions = new Set(files.map(versionOf))
  for (const version of done) if (!versions.has(version)) done.delete(version)
}
