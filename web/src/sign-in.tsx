/** Asks for an operator's token where the link brought none, or one that is over. */

export function SignIn({
  reason,
  signIn,
}: {
  readonly reason: string | undefined
  readonly signIn: (token: string) => void
}) {
  return (
    <main class="sign-in panel">
      <h1>
        <img src="/favicon.svg" alt="" width="28" height="28" /> headend
      </h1>
      {reason !== undefined && (
        <p class="alert" role="alert">
          {reason}
        </p>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault()
          const token = new FormData(event.currentTarget).get('token')
          if (typeof token === 'string' && token.trim() !== '') signIn(token.trim())
        }}
      >
        <label for="token">Operator token</label>
        <input id="token" name="token" type="password" autocomplete="off" required />
        <button type="submit" class="primary">
          Sign in
        </button>
      </form>
      <p class="faint">
        Open the console link that <code>npm start</code> prints, or make a token with{' '}
        <code>npm run -s headend -- token --role operator</code>. It stays in this tab.
      </p>
    </main>
  )
}
