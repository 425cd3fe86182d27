/** Someone who never stops asking for what is protected: in the clear, without a session, by manifests. */
import { setTimeout as sleep } from 'node:timers/promises'

/** What is asked. */
export interface ProbeOptions {
  /** Of the distribution, without a session. */
  readonly root: string
  /** Paths of clear media that nobody may have any more, asked in a session and without. */
  readonly closed: readonly string[]
  /** Paths of manifests, which name encrypted media alone. */
  readonly manifests: readonly string[]
  /** A session of now, with the root before it. */
  readonly session: () => string
  readonly everyMs: number
}

/** Answers so far. */
export interface Prober {
  /** How often each status was answered to what is closed. */
  readonly statuses: ReadonlyMap<number, number>
  /** Clear media that was given, and manifests that name some. */
  readonly leaks: readonly string[]
  /** Manifests that were given without a session. */
  readonly unguarded: readonly string[]
  stop(): Promise<void>
}

const atOnce = 4

/** Begins to ask. */
export function startProber({ root, closed, manifests, session, everyMs }: ProbeOptions): Prober {
  const statuses = new Map<number, number>()
  const leaks: string[] = []
  const unguarded: string[] = []
  const over = new AbortController()

  const ask = async (
    url: string,
  ): Promise<{ readonly status: number; readonly text: string } | undefined> => {
    try {
      const response = await fetch(url, { headers: { range: 'bytes=0-9999999' } })
      const text = await response.text()
      return { status: response.status, text: `${response.headers.get('x-cache')} ${text}` }
    } catch {
      // A connection that breaks gives nothing out.
      return undefined
    }
  }
  const askClosed = async (url: string) => {
    const { status, text } = (await ask(url)) ?? { status: 0, text: '' }
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    if (status > 0 && status < 400) leaks.push(`${status} ${text.slice(0, 20)} for ${url}`)
  }
  const askManifest = async (path: string) => {
    for (const at of [root, session()]) {
      const { status, text } = (await ask(at + path)) ?? { status: 0, text: '' }
      if (status === 0 || status >= 400) continue
      if (at === root) unguarded.push(path)
      if (/media\/clear\/[^"\n]*\/(video|audio)-/.test(text))
        leaks.push(`${at}${path}: ${text.slice(0, 2000)}`)
    }
  }
  const running = (async () => {
    for (let turn = 0; !over.signal.aborted; turn++) {
      const at = (turn * atOnce) % closed.length
      const paths = [...closed, ...closed].slice(at, at + atOnce)
      await Promise.all([
        ...paths.flatMap((path) => [askClosed(root + path), askClosed(session() + path)]),
        askManifest(manifests[turn % manifests.length] ?? '/'),
      ])
      await sleep(everyMs)
    }
  })()
  return {
    statuses,
    leaks,
    unguarded,
    async stop() {
      over.abort()
      await running
    },
  }
}
