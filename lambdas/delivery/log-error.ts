/** One JSON line for a manifest that could not be made. */
export function logError(handler: string, path: string, error: unknown): void {
  const { name, message, code } = error as { name?: string; message?: string; code?: string }
  console.error(JSON.stringify({ level: 'ERROR', handler, path, error: { name, code, message } }))
}
