/** Message move tasks: how an operator sends what is in a dead-letter queue back to where it failed. */
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { AwsFault } from '../service.ts'
import { redrivePolicyOf } from './attributes.ts'
import { invalidParameter } from './faults.ts'
import type { Queue } from './queue.ts'
import type { Queues } from './queues.ts'
import type { Message } from './types.ts'

/** A task as ListMessageMoveTasks shows it. Tasks are forgotten at a restart; what they moved stays moved. */
export interface MoveTask {
  readonly handle: string
  readonly sourceArn: string
  readonly destinationArn?: string
  readonly maxPerSecond?: number
  readonly startedAtMs: number
  readonly toMove: number
  moved: number
  status: 'RUNNING' | 'COMPLETED' | 'CANCELLING' | 'CANCELLED' | 'FAILED'
  failureReason?: string
}

export function moveTasks(queues: Queues) {
  const tasks: MoveTask[] = []
  const running = new Set<Promise<void>>()

  async function run(task: MoveTask, source: Queue): Promise<void> {
    try {
      for (let left = task.toMove; left > 0 && task.status === 'RUNNING'; left--) {
        const [message] = source.visible(queues.now())
        if (message === undefined) break
        await queues.move(source, targetOf(task, message), renewed(message, queues.now()), message.id)
        task.moved += 1
        if (task.maxPerSecond !== undefined) await wait(1000 / task.maxPerSecond, undefined, { ref: false })
      }
      task.status = task.status === 'RUNNING' ? 'COMPLETED' : 'CANCELLED'
    } catch (error) {
      task.status = 'FAILED'
      task.failureReason = error instanceof AwsFault ? error.code : String(error)
    }
  }

  function targetOf({ destinationArn }: MoveTask, { deadLetterSourceArn }: Message): Queue {
    const arn = destinationArn ?? deadLetterSourceArn
    if (arn === undefined)
      throw new AwsFault('CouldNotDetermineMessageSource', 'The message has no source queue.')
    return queues.get(arn.split(':').at(-1) ?? '')
  }

  return {
    start(
      source: Queue,
      { destinationArn, maxPerSecond }: { readonly destinationArn?: string; readonly maxPerSecond?: number },
    ): MoveTask {
      const isDeadLetterQueue = queues
        .all()
        .some(({ attributes }) => redrivePolicyOf(attributes)?.deadLetterTargetArn === source.arn)
      if (!isDeadLetterQueue)
        throw invalidParameter('Source queue must be configured as a Dead Letter Queue.')
      if (destinationArn !== undefined) queues.get(destinationArn.split(':').at(-1) ?? '')
      if (tasks.some(({ sourceArn, status }) => sourceArn === source.arn && status === 'RUNNING')) {
        throw new AwsFault(
          'UnsupportedOperation',
          'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
        )
      }
      const task: MoveTask = {
        handle: randomUUID(),
        sourceArn: source.arn,
        ...(destinationArn !== undefined && { destinationArn }),
        ...(maxPerSecond !== undefined && { maxPerSecond }),
        startedAtMs: queues.now(),
        toMove: source.counts(queues.now()).visible,
        moved: 0,
        status: 'RUNNING',
      }
      tasks.unshift(task)
      const ended = run(task, source)
      running.add(ended)
      void ended.finally(() => running.delete(ended))
      return task
    },

    cancel(handle: string): MoveTask {
      const task = tasks.find((each) => each.handle === handle)
      if (task?.status !== 'RUNNING')
        throw new AwsFault('ResourceNotFoundException', 'Task does not exist or is not running.')
      task.status = 'CANCELLING'
      return task
    },

    of: (sourceArn: string): readonly MoveTask[] => tasks.filter((task) => task.sourceArn === sourceArn),

    async close(): Promise<void> {
      for (const task of tasks) if (task.status === 'RUNNING') task.status = 'CANCELLING'
      await Promise.all(running)
    },
  }
}

/** A redriven message is a new one: another id, sent now, never received. */
function renewed(message: Message, nowMs: number): Message {
  const { firstReceivedAtMs: _received, deadLetterSourceArn: _source, ...kept } = message
  return { ...kept, id: randomUUID(), sentAtMs: nowMs, receiveCount: 0 }
}
