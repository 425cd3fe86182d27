import { render } from 'preact'
import { App } from './app.tsx'
import { type Config, loadConfig, takeToken } from './config.ts'

const token = takeToken()
const root = document.getElementById('app')
if (!root) throw new Error('index.html: expected an element #app')

loadConfig().then(
  (config: Config) =>
    render(<App config={config} {...(token !== undefined && { initialToken: token })} />, root),
  (error: unknown) => {
    render(
      <main class="sign-in panel">
        <h1>headend</h1>
        <p class="alert" role="alert">
          The console can not start. {String(error)}
        </p>
      </main>,
      root,
    )
  },
)

// A link with a new token, opened in this tab, only changes the fragment.
addEventListener('hashchange', () => {
  if (location.hash.startsWith('#token=')) location.reload()
})
