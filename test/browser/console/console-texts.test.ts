/** The console's dash.js shows TTML, which it draws itself, over the pictures. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { build } from 'esbuild'
import { expect, it } from 'vitest'
import { writeStpp } from '../../../lib/formats/isobmff/stpp.ts'
import { bytesSource, demoFilm, fileSource } from '../../packaging/films/films.ts'
import { textHouse } from '../../packaging/text/house.ts'
import { boxBytes, makeTexts } from '../../packaging/text/make-texts.ts'
import { browserMissing, launch } from '../chromium.ts'

const web = join(import.meta.dirname, '../../../web/src')
const document = Buffer.from(
  `<?xml version="1.0" encoding="UTF-8"?><tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling" xml:lang="fr"><head><layout><region xml:id="r1" tts:origin="10% 80%" tts:extent="80% 15%" tts:displayAlign="after" tts:textAlign="center"/></layout></head><body region="r1"><div><p begin="00:00:01.000" end="00:00:20.500"><span>Bonjour</span></p></div></body></tt>`,
)
const french = makeTexts([
  {
    handler: 'subt',
    language: 'fra',
    entry: boxBytes((to) =>
      writeStpp(to, { namespace: 'http://www.w3.org/ns/ttml', schemaLocation: '', auxiliaryTypes: '' }),
    ),
    samples: [[document, 24_000]],
  },
])
/** As the pane has it. */
const page = `import { open } from './player/dash.ts'
  window.faults = []
  window.v = document.querySelector('video')
  window.playing = open(v, { url: new URLSearchParams(location.search).get('url') }, (fault) => faults.push(fault.text))
  playing.then(() => v.play())`

/** Nobody says how fast the machine is: only a test that fails takes so long. */
const patience = 60_000

it.skipIf(browserMissing !== undefined)(
  `TTML stands over the pictures in the console's dash.js, and goes with it${browserMissing ? ` (${browserMissing})` : ''}`,
  { timeout: 4 * patience },
  async () => {
    const film = await textHouse(fileSource(demoFilm), [], [bytesSource(french)])
    const script = await build({
      stdin: { contents: page, resolveDir: web, loader: 'ts' },
      bundle: true,
      write: false,
      format: 'iife',
    })
    const style = readFileSync(join(web, 'styles/player.css'), 'utf8')
    const server = createServer(({ url }, response) => {
      const isScript = url === '/script.js'
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
      response.end(
        isScript
          ? script.outputFiles[0]?.text
          : `<!doctype html><style>${style}</style><div class=screen><video muted></video></div><script src=/script.js></script>`,
      )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const [house, browser] = await Promise.all([film.serve(), launch()])
    try {
      const tab = await browser.newPage()
      const manifest = encodeURIComponent(`${house.url}/vod/film/index.mpd`)
      await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/?url=${manifest}`)
      const wait = (what: string) => tab.waitForFunction(what, undefined, { timeout: patience })
      await wait('v.currentTime > 0.2 || faults.length > 0')
      await tab.evaluate('v.currentTime = 5')
      await wait("document.querySelector('.texts')?.textContent.trim() === 'Bonjour' || faults.length > 0")
      expect(await tab.evaluate('faults')).toEqual([])
      const inPicture = await tab.evaluate(`{
        const [text, picture] = ['.texts span', 'video'].map((one) =>
          document.querySelector(one).getBoundingClientRect())
        text.top > (picture.top + picture.bottom) / 2 && text.bottom <= picture.bottom && text.width > 0
      }`)
      expect(inPicture).toBe(true)
      await tab.evaluate('playing.then((one) => one.close())')
      expect(await tab.evaluate("document.querySelectorAll('.texts').length")).toBe(0)
    } finally {
      await browser.close()
      for (const one of [server, house.server]) one.close()
    }
  },
)
