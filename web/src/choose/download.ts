/** Hands text to the browser as a file: the bytes that were shown, and so those of the URL. */
export function download(text: string, fileName: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/octet-stream' }))
  const link = document.createElement('a')
  link.href = url
  link.download = fileName
  link.click()
  // The download has begun once the click is through; the browser keeps what it reads.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
