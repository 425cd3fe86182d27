/** The browser's side of a transfer: fetch tells nothing of bytes sent, XMLHttpRequest does. */
import type { PutPart } from './transfer.ts'

/** PUTs one part. */
export const putPart: PutPart = (url, body, { sent, signal }) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const abort = () => request.abort()
    request.open('PUT', url)
    request.upload.addEventListener('progress', ({ loaded }) => sent(loaded))
    request.addEventListener('load', () => resolve(request.status))
    request.addEventListener('error', () => reject(new Error('no answer')))
    request.addEventListener('abort', () => reject(signal.reason))
    request.addEventListener('loadend', () => signal.removeEventListener('abort', abort))
    signal.addEventListener('abort', abort)
    if (signal.aborted) abort()
    // Without a type the browser would add none, and the URL's signature covers none.
    else request.send(body.type === '' ? body : body.slice(0, body.size, ''))
  })

/** Waits, or until the network is back when it is gone; an abort ends it. */
export const waitAwhile = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer)
      removeEventListener('online', proceed)
      signal.removeEventListener('abort', abort)
    }
    const proceed = () => {
      end()
      resolve()
    }
    const abort = () => {
      end()
      reject(signal.reason)
    }
    // Offline, the sign that the network is back comes long before a minute is over.
    const timer = setTimeout(proceed, navigator.onLine ? ms * (0.75 + Math.random() / 2) : 60_000)
    addEventListener('online', proceed)
    signal.addEventListener('abort', abort)
    if (signal.aborted) abort()
  })
