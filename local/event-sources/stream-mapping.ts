/** Reads a stream shard by shard and hands its records to a function in order. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Invocation } from '../lambda/index.ts'
import type { Checkpoints } from './checkpoints.ts'
import { failureRecord, type GivenUp } from './failure-record.ts'
import { createFilter } from './filter.ts'
import { type Mapping, type MappingOptions, mayPoll, report, runBatch } from './mapping.ts'
import type { Position, StreamRecord, StreamSource } from './sources.ts'

export interface StreamMappingOptions extends MappingOptions {
  readonly source: StreamSource
  readonly checkpoints: Checkpoints
  readonly startingPosition: Exclude<Position, { readonly kind: 'after' }>
  readonly bisectBatchOnFunctionError?: boolean
  /** -1, the default, retries until the records are too old. */
  readonly maximumRetryAttempts?: number
  /** -1, the default, knows no age. */
  readonly maximumRecordAgeSeconds?: number
  /** ARN of the queue that hears of records given up. */
  readonly onFailureArn?: string
  /** First wait after a failure; it doubles up to 100 times itself. 100 ms when absent. */
  readonly retryWaitMs?: number
}

const defaultBatchSize = 100
const idleWaitMs = 1000

export function createStreamMapping(options: StreamMappingOptions): Mapping {
  const { source } = options
  const stop = new AbortController()
  const shards = new Map<string, Promise<void>>()
  const finished = new Set<string>()
  const count = { batches: 0, failedBatches: 0, processed: 0, discarded: 0 }
  let state: 'enabled' | 'stopped' = 'stopped'
  let scanning: Promise<void> = Promise.resolve()

  /** Starts a reader for every shard whose parent is read out. */
  const scan = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      try {
        const listed = await source.shards()
        const names = new Set(listed.map(({ id }) => id))
        for (const { id, parentId } of listed) {
          const waits = parentId !== undefined && names.has(parentId) && !finished.has(parentId)
          if (shards.has(id) || waits) continue
          shards.set(
            id,
            readShard({ options, shardId: id, signal: stop.signal, count }).then(() => void finished.add(id)),
          )
        }
      } catch (error) {
        report(options, 'ERROR', error instanceof Error ? error.message : String(error))
      }
      await source.changed({ waitMs: idleWaitMs, signal: stop.signal }).catch(() => undefined)
    }
  }

  return {
    start() {
      const { service } = source
      const actions = ['GetRecords', 'GetShardIterator', 'DescribeStream', 'ListStreams'].map(
        (verb) => `${service}:${verb}`,
      )
      if (!mayPoll(options, source.arn, actions)) return
      state = 'enabled'
      scanning = scan()
    },
    stats: () => ({ state, ...count }),
    async close() {
      state = 'stopped'
      stop.abort()
      await scanning
      await Promise.all(shards.values())
    },
  }
}

interface Shard {
  readonly options: StreamMappingOptions
  readonly shardId: string
  readonly signal: AbortSignal
  readonly count: { batches: number; failedBatches: number; processed: number; discarded: number }
}

/** Runs until the shard is closed and read out, or the mapping stops. */
async function readShard(shard: Shard): Promise<void> {
  const { options, shardId, signal } = shard
  const { source, checkpoints, batchSize = defaultBatchSize } = options
  const wanted = createFilter(options.filterPatterns ?? [])
  const known = checkpoints.get(options.id, shardId)
  let position: Position =
    known === undefined ? options.startingPosition : { kind: 'after', sequenceNumber: known }
  while (!signal.aborted) {
    try {
      const batch = await gather(shard, position, batchSize)
      if (batch.records.length > 0) {
        const done = await processBatch(
          shard,
          batch.records.filter(({ filtered }) => wanted(filtered)),
        )
        if (!done) return
        await keep(shard, batch.records)
      }
      position = batch.next
      // A mapping that begins at LATEST keeps its place even before the first record.
      if (position.kind === 'after' && checkpoints.get(options.id, shardId) === undefined) {
        await checkpoints.set(options.id, shardId, position.sequenceNumber)
      }
      if (batch.end) return
      if (batch.records.length === 0) await source.changed({ waitMs: idleWaitMs, signal })
    } catch (error) {
      if (signal.aborted) return
      report(options, 'ERROR', error instanceof Error ? error.message : String(error))
      await wait(1000, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }
}

interface Batch {
  readonly records: readonly StreamRecord[]
  readonly next: Position
  readonly end: boolean
}

/** A full batch, or what came within the batching window. */
async function gather(
  { options, shardId, signal }: Shard,
  from: Position,
  batchSize: number,
): Promise<Batch> {
  const { source, maximumBatchingWindowSeconds = 0 } = options
  let batch: Batch = await source.read({ shardId, position: from, limit: batchSize })
  const untilMs = Date.now() + maximumBatchingWindowSeconds * 1000
  while (batch.records.length > 0 && batch.records.length < batchSize && !batch.end && !signal.aborted) {
    const waitMs = untilMs - Date.now()
    if (waitMs <= 0) break
    await source.changed({ waitMs, signal })
    const more = await source.read({ shardId, position: batch.next, limit: batchSize - batch.records.length })
    batch = { records: [...batch.records, ...more.records], next: more.next, end: more.end }
  }
  return batch
}

/** Retries, splits and gives up as the mapping says; false when it was stopped before the end. */
async function processBatch(shard: Shard, records: readonly StreamRecord[]): Promise<boolean> {
  const { options, signal, count } = shard
  const pieces: { readonly records: readonly StreamRecord[]; readonly attempts: number }[] = [
    { records, attempts: 0 },
  ]
  for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) {
    if (signal.aborted) return false
    const { live, old } = byAge(piece.records, options.maximumRecordAgeSeconds ?? -1)
    await giveUp(shard, { records: old, condition: 'RecordAgeExceeded', attempts: piece.attempts })
    if (live.length === 0) continue
    count.batches++
    const outcome = await runBatch(
      options,
      live.map((record) => withArn(record, options.source.arn)),
      idsOf(live),
    )
    if (outcome.kind === 'done') {
      count.processed += live.length
      continue
    }
    // The environment may have gone down with the cloud: leave the batch to the next start.
    if (signal.aborted) return false
    count.failedBatches++
    // Everything before the first failed record is done; the checkpoint moves past it.
    const first =
      outcome.kind === 'partial'
        ? live.findIndex(({ sequenceNumber }) => outcome.failed.has(sequenceNumber))
        : 0
    count.processed += first
    if (first > 0) await keep(shard, live.slice(0, first))
    const left = live.slice(first)
    // AWS says that it halves a batch whose invocation failed, and of one that names its failures that it goes on at the
    // first of them: one that names its first record comes again whole.
    if (outcome.kind === 'failed' && options.bisectBatchOnFunctionError === true && left.length > 1) {
      // A split does not count as an attempt.
      const middle = Math.ceil(left.length / 2)
      const { attempts } = piece
      pieces.unshift({ records: left.slice(0, middle), attempts }, { records: left.slice(middle), attempts })
      continue
    }
    const attempts = piece.attempts + 1
    const maximum = options.maximumRetryAttempts ?? -1
    if (maximum >= 0 && attempts > maximum) {
      const invocation = outcome.kind === 'failed' ? outcome.invocation : undefined
      await giveUp(shard, { records: left, condition: 'RetryAttemptsExhausted', attempts, invocation })
      continue
    }
    pieces.unshift({ records: left, attempts })
    const firstWaitMs = options.retryWaitMs ?? 100
    const waitMs = Math.min(firstWaitMs * 2 ** (attempts - 1), firstWaitMs * 100)
    await wait(waitMs, undefined, { signal, ref: false }).catch(() => undefined)
  }
  return true
}

async function giveUp(
  { options, shardId, count }: Shard,
  {
    records,
    condition,
    attempts,
    invocation,
  }: Omit<GivenUp, 'shardId' | 'invocation'> & { readonly invocation?: Invocation | undefined },
): Promise<void> {
  if (records.length === 0) return
  count.discarded += records.length
  report(options, 'ERROR', `${condition}: ${records.length} records of ${shardId} given up`)
  if (options.onFailureArn === undefined || options.deliver === undefined) return
  const given = { shardId, records, condition, attempts, ...(invocation === undefined ? {} : { invocation }) }
  const body = JSON.stringify(failureRecord(options, given))
  try {
    await options.deliver(options.onFailureArn, { body }, { kind: 'role', role: options.role })
  } catch (error) {
    // A destination that refuses does not stop the shard.
    report(options, 'ERROR', error instanceof Error ? error.message : String(error))
  }
}

async function keep({ options, shardId }: Shard, records: readonly StreamRecord[]): Promise<void> {
  const last = records.at(-1)
  if (last !== undefined) await options.checkpoints.set(options.id, shardId, last.sequenceNumber)
}

function byAge(
  records: readonly StreamRecord[],
  maximumSeconds: number,
): { readonly live: readonly StreamRecord[]; readonly old: readonly StreamRecord[] } {
  if (maximumSeconds < 0) return { live: records, old: [] }
  const limitMs = Date.now() - maximumSeconds * 1000
  return {
    live: records.filter(({ arrivedAtMs }) => arrivedAtMs >= limitMs),
    old: records.filter(({ arrivedAtMs }) => arrivedAtMs < limitMs),
  }
}

function idsOf(records: readonly StreamRecord[]): ReadonlySet<string> {
  return new Set(records.map(({ sequenceNumber }) => sequenceNumber))
}

function withArn({ event }: StreamRecord, eventSourceARN: string): object {
  return { ...event, eventSourceARN }
}
