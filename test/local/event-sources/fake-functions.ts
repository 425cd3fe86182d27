/** Functions that are plain callbacks; one that throws or returns an Error fails as a function does. */
import type { Functions } from '../../../local/lambda/index.ts'

export function fakeFunctions(handler: (payload: string) => unknown): Functions {
  return {
    async invoke(_name, payload) {
      const result = await Promise.resolve()
        .then(() => handler(payload))
        .catch((error: unknown) => error)
      if (result instanceof Error) {
        const error = { errorType: result.name, errorMessage: result.message }
        return { requestId: 'r', payload: JSON.stringify(error), functionError: 'Unhandled' }
      }
      return { requestId: 'r', payload: JSON.stringify(result ?? null) }
    },
    invokeStreaming: () => Promise.reject(new Error('not streamed here')),
    invokeAsync: () => Promise.reject(new Error('not asynchronous here')),
  }
}
