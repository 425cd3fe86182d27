/** Which queue hears of which upload: patterns as they stand in the template, over keys of every kind. */
import { App, Duration, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { workQueue } from '../../lib/platform/constructs/queue.construct.ts'
import { UploadRouter } from '../../lib/platform/constructs/upload-router.construct.ts'
import { createFilter } from '../../local/event-sources/index.ts'
import { ruleOf } from '../../local/events/rules.ts'
import { headend, templateOf } from './synth.ts'
import { at, type CloudTemplate, list, named, ofType, refs } from './template.ts'

const work = (stack: Stack, name: string) =>
  workQueue(stack, name, { timeout: Duration.seconds(30), attempts: 3 })

/** A stack whose rooms ask for prefixes, each with a queue of the room's name. */
function routed(
  rooms: Readonly<Record<string, string>>,
  bucketOf?: (stack: Stack) => IBucket,
): CloudTemplate {
  const stack = new Stack(new App(), 'Small')
  const bucket = bucketOf?.(stack) ?? new Bucket(stack, 'Films', { bucketName: 'films' })
  const router = new UploadRouter(stack, 'Uploads', { bucket, rest: work(stack, 'Rest') })
  for (const [room, prefix] of Object.entries(rooms)) router.route(prefix, work(stack, room))
  return Template.fromStack(stack).toJSON() as CloudTemplate
}

/** What S3 tells EventBridge of an upload. */
const created = (key: string, bucket = 'films', more: object = {}) => ({
  source: 'aws.s3',
  'detail-type': 'Object Created',
  detail: { bucket: { name: bucket }, object: { key } },
  ...more,
})

/** Queues, by their names in the stack, that hear of an event. */
function hearers(template: CloudTemplate, event: object): readonly string[] {
  return ofType(template, 'AWS::Events::Rule').flatMap(({ properties }) => {
    const pattern = JSON.stringify(at(properties, 'EventPattern')).replace(/\{"Ref":"Films\w+"\}/g, '"films"')
    if (!createFilter([pattern])(event)) return []
    return list(at(properties, 'Targets')).map((target) =>
      String(named(template, 'AWS::SQS::Queue', at(target, 'Arn'))?.id).replace(/Queue[0-9A-F]{8}$/, ''),
    )
  })
}

describe('an upload', () => {
  const rooms = { Vod: 'vod/', Live: 'live/', Epg: 'epg/' }
  const template = routed(rooms)

  it.each([
    ['vod/film.mp4', 'Vod'],
    ['live/one/1.cmfv', 'Live'],
    ['epg/a+b c%20ä.xml', 'Epg'],
    ['live', 'Rest'],
    ['living/1.mp4', 'Rest'],
    ['Live/1.mp4', 'Rest'],
    ['film.mp4', 'Rest'],
    ['/vod/film.mp4', 'Rest'],
    ['ads/spot.mp4', 'Rest'],
  ])('%s is for %s alone', (key, room) => {
    expect(hearers(template, created(key))).toEqual([room])
  })

  it('has one queue whatever its key', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('', ...Object.values(rooms)),
        fc.string({ unit: 'grapheme' }),
        (prefix, rest) => {
          expect(hearers(template, created(prefix + rest))).toHaveLength(1)
        },
      ),
    )
  })

  it('of another bucket, what goes, and what others say in its name are for nobody', () => {
    for (const event of [
      created('vod/film.mp4', 'others'),
      created('vod/film.mp4', 'films', { 'detail-type': 'Object Deleted' }),
      created('vod/film.mp4', 'films', { source: 'headend.assets' }),
    ])
      expect(hearers(template, event)).toEqual([])
  })

  it('is for the one queue there is where no room asks for any', () => {
    expect(hearers(routed({}), created('anything/at all'))).toEqual(['Rest'])
  })

  it('can be asked for by one room, by a folder', () => {
    for (const prefix of ['vod/', 'vod', '', '/', 'vod/a/', 'Vod/', '*/'])
      expect(() => routed({ Vod: 'vod/', Other: prefix })).toThrow(
        expect.objectContaining({ code: 'STACK_ROUTE', message: expect.stringMatching(/^uploads under /) }),
      )
  })
})

describe('the way of an upload', () => {
  it('is there before S3 tells EventBridge, for a bucket that is made and for one that is taken over', () => {
    for (const bucketOf of [undefined, (stack: Stack) => Bucket.fromBucketName(stack, 'Films', 'films')]) {
      const template = routed({ Vod: 'vod/' }, bucketOf)
      const [told] = ofType(template, 'Custom::S3BucketNotifications')
      expect(at(told?.properties, 'NotificationConfiguration')).toEqual({ EventBridgeConfiguration: {} })
      const before = list(at(template.Resources[told?.id ?? ''], 'DependsOn'))
      const needed = ['AWS::Events::Rule', 'AWS::SQS::QueuePolicy'].flatMap((type) => ofType(template, type))
      const own = needed.filter(({ id }) => !id.includes('DeadLetters'))
      expect(own.length).toBe(4)
      expect(before).toEqual(expect.arrayContaining(own.map(({ id }) => id)))
      expect(hearers(template, created('vod/film.mp4'))).toEqual(['Vod'])
    }
  })

  it('ends in the dead letters of its queue where it can not be delivered, by rules that run here as in AWS', () => {
    const template = routed({ Vod: 'vod/' })
    for (const { id, properties } of ofType(template, 'AWS::Events::Rule')) {
      const [target] = list(at(properties, 'Targets'))
      const queue = named(template, 'AWS::SQS::Queue', at(target, 'Arn'))
      const dead = refs(at(queue?.properties, 'RedrivePolicy', 'deadLetterTargetArn'))
      expect(refs(at(target, 'DeadLetterConfig', 'Arn'))).toEqual(dead)
      const resource = {
        id,
        properties: { EventPattern: at(properties, 'EventPattern') },
        attribute: () => 'arn',
      }
      expect(ruleOf({ ...resource, properties: pureOf(resource.properties) } as never)).toBeDefined()
    }
  })

  it('is S3’s own and EventBridge’s while a stack of before is updated, and then EventBridge’s alone', () => {
    const both = templateOf(headend({}, { uploadRoute: 'both' }).stacks)
    const [told] = ofType(both, 'Custom::S3BucketNotifications')
    expect(at(told?.properties, 'NotificationConfiguration')).toMatchObject({
      EventBridgeConfiguration: {},
      QueueConfigurations: [{ Events: ['s3:ObjectCreated:*'] }],
    })
    expect(() => headend({}, { uploadRoute: 'neither' })).toThrow(
      expect.objectContaining({
        code: 'STACK_CONTEXT',
        message: expect.stringMatching(/context uploadRoute/),
      }),
    )
  })
})

/** With a name in the place of a reference, as the local cloud reads it. */
const pureOf = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replace(/\{"Ref":"\w+"\}/g, '"films"'))
