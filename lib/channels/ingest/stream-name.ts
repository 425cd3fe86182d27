/**
 * Which objects of a feed belong together, told by their names: an encoder's streams differ in folder or in a part of
 * the name, and segments of one stream in the last number alone.
 */

/** A time in a name, as encoders write it: date and time in digits, or seconds or milliseconds since 1970. */
const timeWord =
  /^(?:(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:T?\d{4,6}Z?)?|1[6-9]\d{8}(?:\d{3})?)$/i
const clockWord = /^T?\d{4,6}Z?$/i
const year = /^(?:19|20)\d\d$/
const twoDigits = /^\d\d$/

const endings = /\.(?:mp4|m4s|m4v|m4a|cmfv|cmfa|cmft|init|hdr|ts|m2ts|mts|vtt|webvtt)$/i

/** The words of a name, without its last number, times, what only says that it is an init segment, and its ending. */
function wordsOf(path: string): readonly string[] {
  const words = allWords(path)
  const last = words.findLastIndex((word) => /\d+$/.test(word))
  const stems = words.map((word, i) => (i === last ? word.replace(/\d+$/, '') : word))
  const times = timesIn(words)
  return stems.filter((word, i) => word !== '' && !times.has(i))
}

const allWords = (path: string): readonly string[] =>
  path
    .slice(folderOf(path).length)
    .replace(endings, '')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1)

/** Places of the words that say a time: they are others in each segment, or each day, and name no stream. */
function timesIn(words: readonly string[]): ReadonlySet<number> {
  const places = new Set<number>()
  for (const [i, word] of words.entries()) {
    const [month = '', day = ''] = words.slice(i + 1, i + 3)
    const isDate = year.test(word) && twoDigits.test(month) && twoDigits.test(day)
    if (isDate)
      for (let at = i; at < i + 6 && (at === i || twoDigits.test(words[at] ?? '')); at++) places.add(at)
    if (!timeWord.test(word)) continue
    places.add(i)
    // The time of the day: what else has so many digits behind a date is the number, which is left out as well.
    if (/^\d{8}$/.test(word) && clockWord.test(words[i + 1] ?? '')) places.add(i + 1)
  }
  return places
}

/** A folder without those that say a time: `720p/2026/12/02/23/` is `720p/`. */
function steadyFolder(path: string): string {
  const names = folderOf(path).split('/')
  const dated = timesIn(names)
  return names.filter((name, i) => !dated.has(i) && timesIn(name.split(/[^A-Za-z0-9]+/)).size === 0).join('/')
}

/** The folder of the pipeline that wrote an object; empty without redundant ones. */
export function pipelineOf(path: string, pipelines: readonly string[] = []): string {
  const [folder = '', ...rest] = path.split('/')
  return rest.length > 0 && pipelines.includes(folder) ? folder : ''
}

/** Name of the stream a media segment belongs to: the same in each of the folders of redundant pipelines. */
export function streamOf(path: string, pipelines: readonly string[] = []): string {
  const folder = pipelineOf(path, pipelines)
  const own = folder === '' ? path : path.slice(folder.length + 1)
  return steadyFolder(own) + wordsOf(own).join('-')
}

/**
 * The init segment of a media segment, of those in its folder: the one that shares most words with it, as
 * `init-stream0.m4s` does with `chunk-stream0-00007.m4s` and `live_init.mp4` with `live7.m4s`; undefined if none is
 * there. One that has a folder to itself and only a number, as FFmpeg's `hi/init_0.mp4`, is that of all segments there
 * which have no other number than their own.
 */
export function initFor(path: string, inits: readonly string[]): string | undefined {
  const words = new Set([...allWords(path), ...wordsOf(path)])
  const naming = (init: string): readonly string[] =>
    allWords(init).filter((word) => !/^(?:init|header|hdr)$/i.test(word))
  const shared = (init: string): number => {
    const own = naming(init)
    return own.every((word) => words.has(word)) ? own.length : -1
  }
  const here = inits.filter((init) => steadyFolder(init) === steadyFolder(path))
  const [best] = here.toSorted((a, b) => shared(b) - shared(a))
  if (best === undefined) return undefined
  if (shared(best) >= 0) return best
  const isAlone = here.length === 1 && naming(best).every((word) => /^\d+$/.test(word))
  return isAlone && !wordsOf(path).some((word) => /\d/.test(word)) ? best : undefined
}

/** The last number of an object's name; undefined if it has none that fits. */
export function objectNumber(path: string): number | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.[A-Za-z0-9]+$/, '')
  const digits = /(\d{1,15})\D*$/.exec(name)?.[1]
  return digits === undefined ? undefined : Number(digits)
}
