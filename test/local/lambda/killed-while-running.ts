/** Accepts an event whose function never ends, says so, and waits to be killed. */
import { openWorkshop } from './workshop.ts'

const shop = await openWorkshop({ dir: process.argv[2] ?? '' })
await shop.define('patient', 'export const handler = () => new Promise(() => setInterval(() => {}, 1000))')
await shop.lambda.invokeAsync('patient', '{}')
console.log('accepted')
setInterval(() => undefined, 1000)
