/**
 * The order of test files: with two workers, one plays in a browser while the other does not, for two browsers on two
 * cores starve each other and players time out. The longest begin first, as far as `seconds.json` knows them.
 */
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What a file takes that nobody has measured. */
const defaultSeconds = 3

/** Seconds a file took on a quiet machine of two cores, by its path from the root; short ones are left out. */
export const fileSeconds = JSON.parse(
  readFileSync(join(import.meta.dirname, 'seconds.json'), 'utf8'),
) as Readonly<Record<string, number>>

/** A file and what is known of it. */
export interface Turn {
  readonly path: string
  readonly inBrowser: boolean
}

/** Two workers take the files in this order, each the next one as soon as it is free. */
export function turnsOf<File extends Turn>(files: readonly File[]): readonly File[] {
  const secondsOf = ({ path }: Turn): number => fileSeconds[path] ?? defaultSeconds
  const longestFirst = files.toSorted((a, b) => secondsOf(b) - secondsOf(a))
  const queues = {
    browser: longestFirst.filter(({ inBrowser }) => inBrowser),
    other: longestFirst.filter(({ inBrowser }) => !inBrowser),
  }
  const workers = [
    { freeAt: 0, inBrowser: false },
    { freeAt: 0, inBrowser: false },
  ]
  const order: File[] = []
  while (order.length < files.length) {
    const [free, busy] = workers.toSorted((a, b) => a.freeAt - b.freeAt)
    if (!free || !busy) break
    const wantsBrowser = !(busy.inBrowser && busy.freeAt > free.freeAt)
    const [first, second] = wantsBrowser ? [queues.browser, queues.other] : [queues.other, queues.browser]
    const next = first.shift() ?? second.shift()
    if (!next) break
    order.push(next)
    free.freeAt += secondsOf(next)
    free.inBrowser = next.inBrowser
  }
  return order
}

export class Turns extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const turns = files.map((file) => ({
      file,
      path: relative(this.ctx.config.root, file.moduleId),
      inBrowser: file.project.name === 'browser',
    }))
    return turnsOf(turns).map(({ file }) => file)
  }
}
