/** What an address shows that names no view. */

export function UnknownPage({ address }: { readonly address: string }) {
  const said = address.length > maxShown ? `${address.slice(0, maxShown)}…` : address
  return (
    <main class="page">
      <div class="panel empty" role="alert">
        <h1>There is no page here</h1>
        <p>
          <code>{said}</code> names no page of this console.
        </p>
        <p>
          <a href="#/">All assets</a>
        </p>
      </div>
    </main>
  )
}

const maxShown = 100
