/** A thousand viewers who ask for the same at once. */
import { Agent, get } from 'node:http'

/** How many there are. */
export const crowd = 1000

/** Asks `crowd` times at once; gives the different answers there were, as status and length. */
export async function askAtOnce(url: string): Promise<string[]> {
  const agent = new Agent({ maxSockets: crowd })
  const one = () =>
    new Promise<string>((resolve, reject) => {
      get(url, { agent }, (response) => {
        let bytes = 0
        response.on('data', (chunk: Buffer) => (bytes += chunk.length))
        response.on('end', () => resolve(`${response.statusCode} ${bytes}`))
        response.on('error', reject)
      }).on('error', reject)
    })
  const answers = await Promise.all(Array.from({ length: crowd }, one))
  agent.destroy()
  return [...new Set(answers)]
}
