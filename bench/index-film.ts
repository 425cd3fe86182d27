/** `node index-film FILM`: what ingest does with a film, up to the objects it stores. */
import { encodeTimeline } from '../lib/timeline/stored.ts'
import { openFilm } from './film-file.ts'

const { films, tally, close } = await openFilm(process.argv[2] ?? '')
const { head, parts } = encodeTimeline(films.timeline)
close()
const stored = films.objects.reduce((sum, { bytes }) => sum + bytes.length, head.length)
console.log(
  JSON.stringify({
    ...tally,
    storedBytes: parts.reduce((sum, { text }) => sum + text.length, stored),
    seconds: films.durationSeconds,
  }),
)
