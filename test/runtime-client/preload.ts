/** Loaded before `aws-lambda-ric`: gives it the client it would have compiled at its installation. */
import { registerHooks } from 'node:module'

registerHooks({
  resolve(specifier, context, next) {
    if (!specifier.endsWith('/rapid-client.node')) return next(specifier, context)
    return { url: new URL('./native-client.ts', import.meta.url).href, format: 'module', shortCircuit: true }
  },
})
