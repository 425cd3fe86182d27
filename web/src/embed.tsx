import { render } from 'preact'
import { loadConfig } from './config.ts'
import { parseEmbed } from './embed/embed-code.ts'
import { EmbedPage } from './embed/embed-page.tsx'

const root = document.getElementById('app')
if (!root) throw new Error('embed.html: expected an element #app')

const say = (words: string) =>
  render(
    <main class="embed">
      <p class="alert" role="alert">
        {words}
      </p>
    </main>,
    root,
  )

const asked = parseEmbed(location.search, location.hash)
if (asked)
  loadConfig().then(
    (config) => render(<EmbedPage config={config} {...asked} />, root),
    (error: unknown) => say(`The player can not start. ${String(error)}`),
  )
else say('This address names no film.')

// Another viewer, or another session of the same one: the page around changes the fragment alone.
addEventListener('hashchange', () => location.reload())
