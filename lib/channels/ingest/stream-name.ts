/**
 * Which objects of a feed belong together, told by their names: an encoder's streams differ in folder or in a part of
 * the name, and segments of one stream in the last number alone.
 */

const endings = /\.(?:mp4|m4s|m4v|m4a|cmfv|cmfa|cmft|init|hdr|ts|m2ts|mts|vtt|webvtt)$/i

/** The words of a name, without its last number, without what only says that it is an init segment, and its ending. */
function wordsOf(path: string): readonly string[] {
  const at = path.lastIndexOf('/')
  const name = path.slice(at + 1).replace(endings, '')
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
  const last = words.findLastIndex((word) => /\d+$/.test(word))
  const stems = words.map((word, i) => (i === last ? word.replace(/\d+$/, '') : word))
  return stems.filter((word) => word !== '')
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1)

/** The folder of the pipeline that wrote an object; empty without redundant ones. */
export function pipelineOf(path: string, pipelines: readonly string[] = []): string {
  const [folder = '', ...rest] = path.split('/')
  return rest.length > 0 && pipelines.includes(folder) ? folder : ''
}

/** Name of the stream a media segment belongs to: the same in each of the folders of redundant pipelines. */
export function streamOf(path: string, pipelines: readonly string[] = []): string {
  const folder = pipelineOf(path, pipelines)
  const own = folder === '' ? path : path.slice(folder.length + 1)
  return folderOf(own) + wordsOf(own).join('-')
}

/**
 * The init segment of a media segment, of those in its folder: the one that shares most words with it, as
 * `init-stream0.m4s` does with `chunk-stream0-00007.m4s`; undefined if none is there.
 */
export function initFor(path: string, inits: readonly string[]): string | undefined {
  const words = new Set(
    path
      .slice(folderOf(path).length)
      .replace(endings, '')
      .split(/[^A-Za-z0-9]+/),
  )
  const shared = (init: string): number => {
    const own = init
      .slice(folderOf(init).length)
      .replace(endings, '')
      .split(/[^A-Za-z0-9]+/)
    const naming = own.filter((word) => !/^(?:init|header|hdr|)$/i.test(word))
    return naming.every((word) => words.has(word)) ? naming.length : -1
  }
  const here = inits.filter((init) => folderOf(init) === folderOf(path))
  const [best] = here.toSorted((a, b) => shared(b) - shared(a))
  return best !== undefined && shared(best) >= 0 ? best : undefined
}

/** The last number of an object's name; undefined if it has none that fits. */
export function objectNumber(path: string): number | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.[A-Za-z0-9]+$/, '')
  const digits = /(\d{1,15})\D*$/.exec(name)?.[1]
  return digits === undefined ? undefined : Number(digits)
}
