/**
 * `node copy-film FILM FOLDER COUNT`: reads a film and writes it as `COUNT` pairs of files, and does nothing else:
 * what this runtime allows. Synchronous and in pieces that stay in the processor's cache, the quickest of the plain ways.
 */
import { closeSync, openSync, readSync, statSync, writeSync } from 'node:fs'

const [film = '', folder = '', count = '1'] = process.argv.slice(2)
const file = openSync(film, 'r')
const each = Math.ceil(statSync(film).size / Number(count))
const buffer = Buffer.allocUnsafe(256 * 2 ** 10)
/** Of a film's bytes, about what pictures are. */
const pictures = 0.98

for (let i = 0; i < Number(count); i++) {
  const cut = i * each + Math.floor(each * pictures)
  copy(`${folder}/${i}.v`, i * each, cut)
  copy(`${folder}/${i}.a`, cut, (i + 1) * each)
}

function copy(name: string, from: number, until: number): void {
  const target = openSync(name, 'w')
  for (let at = from; at < until; ) {
    const length = readSync(file, buffer, 0, Math.min(buffer.length, until - at), at)
    if (length === 0) break
    writeSync(target, buffer, 0, length)
    at += length
  }
  closeSync(target)
}
