/** Does a list of jobs, a few at a time. */

/** As many as keep two cores busy while each waits for the disk. */
const lanes = 3

/** Every job once; ends when all are done or one has failed. */
export async function inLanes<Job>(jobs: Iterable<Job>, work: (job: Job) => Promise<void>): Promise<void> {
  const queue = jobs[Symbol.iterator]()
  const lane = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) await work(next.value)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}
