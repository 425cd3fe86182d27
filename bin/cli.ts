/** The operator's tool: `npm run -s headend -- <command>`. Answers on stdout, `CODE: text` on stderr. */
import { call, sentence } from './commands/call.ts'

// A reader who has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

const args = process.argv.slice(2)
try {
  const text = await call(args)
  // What still waits for an answer that nobody wants any more must not keep the prompt.
  process.stdout.write(text, () => process.exit())
} catch (error) {
  process.stderr.write(`${sentence(error)}\n`)
  process.exitCode = 1
}
