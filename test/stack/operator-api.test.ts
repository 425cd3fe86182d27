/** The operator's API as deployed: who is let in is asked before anything of it runs. */
import { beforeAll, describe, expect, it } from 'vitest'
import { headend, templateOf } from './synth.ts'
import { at, type CloudTemplate, named, number, ofType, text } from './template.ts'

let template: CloudTemplate
beforeAll(() => {
  template = templateOf(headend().stacks)
})

const api = () => ofType(template, 'AWS::ApiGatewayV2::Api').find(({ id }) => id.startsWith('Catalogue'))
const stage = () => ofType(template, 'AWS::ApiGatewayV2::Stage').find(({ id }) => id.startsWith('Catalogue'))
const routes = () =>
  ofType(template, 'AWS::ApiGatewayV2::Route').filter(
    ({ properties }) => named(template, 'AWS::ApiGatewayV2::Api', at(properties, 'ApiId'))?.id === api()?.id,
  )
const keyOf = ({ properties }: { readonly properties: unknown }) => text(at(properties, 'RouteKey'))

describe("the operator's API", () => {
  it('asks an authorizer for every route but those that hold nothing of anybody', () => {
    const all = routes()
    const open = all.filter(({ properties }) => at(properties, 'AuthorizationType') !== 'CUSTOM')
    expect(open.map(keyOf).toSorted()).toEqual(['GET /health', 'GET /openapi.json'])
    const guarded = all.filter((one) => !open.includes(one))
    expect(guarded).toHaveLength(5)
    for (const { properties } of guarded)
      expect(named(template, 'AWS::ApiGatewayV2::Authorizer', at(properties, 'AuthorizerId'))).toBeDefined()
  })

  it('has no route that takes preflights, which carry no token', () => {
    for (const key of routes().map(keyOf)) expect(key).toMatch(/^(GET|POST|PUT|PATCH|DELETE) \//)
  })

  it('refuses without a run who brings no token, and keeps answers for no longer than a minute', () => {
    const [authorizer, ...others] = ofType(template, 'AWS::ApiGatewayV2::Authorizer')
    expect(others).toEqual([])
    expect(authorizer?.properties).toMatchObject({
      AuthorizerType: 'REQUEST',
      AuthorizerPayloadFormatVersion: '2.0',
      EnableSimpleResponses: true,
      IdentitySource: ['$request.header.Authorization'],
    })
    const seconds = number(at(authorizer?.properties, 'AuthorizerResultTtlInSeconds'), 300)
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThanOrEqual(60)
  })

  it('has a limit of its own for each route that is open, and a wide one for the rest', () => {
    const open = ['GET /health', 'GET /openapi.json']
    const own = at(stage()?.properties, 'RouteSettings')
    expect(Object.keys(own as object).toSorted()).toEqual(open)
    for (const key of open) expect(number(at(own, key, 'ThrottlingRateLimit'), 1e9)).toBeLessThanOrEqual(20)
    // Bad tokens count, too: a laptop that sends hundreds a second leaves room for operators.
    const common = number(at(stage()?.properties, 'DefaultRouteSettings', 'ThrottlingRateLimit'), 0)
    expect(common).toBeGreaterThanOrEqual(1000)
  })

  it('keeps the gate the runs that all its routes let through at once', () => {
    const kept = templateOf(headend({}, { accountConcurrency: '1000' }).stacks)
    const gate = ofType(kept, 'AWS::Lambda::Function').find(({ id }) => id.startsWith('CatalogueGate'))
    const guarded = routes().filter(
      ({ properties }) => at(properties, 'AuthorizationType') === 'CUSTOM',
    ).length
    const perSecond = number(at(stage()?.properties, 'DefaultRouteSettings', 'ThrottlingRateLimit'), 0)
    const secondsEach = 0.005
    expect(number(at(gate?.properties, 'ReservedConcurrentExecutions'), 0)).toBeGreaterThanOrEqual(
      guarded * perSecond * secondsEach,
    )
  })
})
