/** Which route of an HTTP API takes a request: the most specific one. */

export interface RouteKey {
  /** `GET /v1/assets/{id}`, `ANY /{proxy+}` or `$default`. */
  readonly routeKey: string
}

export interface Match<Route> {
  readonly route: Route
  readonly pathParameters: Readonly<Record<string, string>>
}

/**
 * Fixed segments go before `{name}`, these before `{name+}`, a named method before ANY, `$default` last
 * (API Gateway, "Routing API requests").
 */
export function chooseRoute<Route extends RouteKey>(
  routes: readonly Route[],
  method: string,
  path: string,
): Match<Route> | undefined {
  let best: { match: Match<Route>; rank: string } | undefined
  for (const route of routes) {
    const found = matchRoute(route.routeKey, method, path)
    if (found !== undefined && (best === undefined || found.rank < best.rank)) {
      best = { match: { route, pathParameters: found.pathParameters }, rank: found.rank }
    }
  }
  return best?.match
}

/** The path is decoded already. `rank` sorts: one digit a segment, then one for the method. */
function matchRoute(
  routeKey: string,
  method: string,
  path: string,
): { readonly pathParameters: Record<string, string>; readonly rank: string } | undefined {
  if (routeKey === '$default') return { pathParameters: {}, rank: '9' }
  const [routeMethod = '', template = ''] = routeKey.split(' ')
  if (routeMethod !== 'ANY' && routeMethod !== method) return undefined
  const wanted = template.split('/').slice(1)
  const given = path.split('/').slice(1)
  const pathParameters: Record<string, string> = {}
  let rank = ''
  for (const [index, segment] of wanted.entries()) {
    const value = given[index]
    const name = /^\{([^}]+)\}$/.exec(segment)?.[1]
    if (value === undefined) return undefined
    if (name === undefined) {
      if (value !== segment) return undefined
      rank += '0'
    } else if (name.endsWith('+')) {
      const rest = given.slice(index).join('/')
      if (rest === '') return undefined
      pathParameters[name.slice(0, -1)] = rest
      return { pathParameters, rank: `${rank}2${routeMethod === 'ANY' ? 1 : 0}` }
    } else {
      if (value === '') return undefined
      pathParameters[name] = value
      rank += '1'
    }
  }
  if (given.length !== wanted.length) return undefined
  return { pathParameters, rank: `${rank}${routeMethod === 'ANY' ? 1 : 0}` }
}
