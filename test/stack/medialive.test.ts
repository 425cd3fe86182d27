/** The encoder of MediaLive that the context asks for: synthesized and judged, not run. */
import { AwsSolutionsChecks } from 'cdk-nag'
import { describe, expect, it } from 'vitest'
import { channelDefaults } from '../../lib/channels/channel.ts'
import { headend, templateOf } from './synth.ts'
import { at, list, number, ofType, refs, text } from './template.ts'

const pulled = { medialive: 'news', medialiveInput: 'https://source.example/live.m3u8' }
const pushed = { medialive: 'news', medialiveFrom: '203.0.113.0/24' }

describe('an encoder of MediaLive', () => {
  const { app, stacks } = headend({}, pulled)
  const template = templateOf(stacks)
  const [channel] = ofType(template, 'AWS::MediaLive::Channel')
  const settings = at(channel?.properties, 'EncoderSettings')
  const [group] = list(at(settings, 'OutputGroups'))
  const hls = at(group, 'OutputGroupSettings', 'HlsGroupSettings')

  it('is there for who asks for it, and for nobody else', () => {
    expect(ofType(templateOf(headend().stacks), 'AWS::MediaLive::Channel')).toEqual([])
    expect(channel).toBeDefined()
  })

  it('writes both pipelines below the channel, in the bucket that is read', () => {
    const [destination] = list(at(channel?.properties, 'Destinations'))
    expect(at(destination, 'Id')).toBe(at(hls, 'Destination', 'DestinationRefId'))
    const urls = list(at(destination, 'Settings')).map((one) => at(one, 'Url'))
    expect(urls.map((url) => JSON.stringify(at(url, 'Fn::Join', 1, 2)))).toEqual([
      '"/live/news/a/index"',
      '"/live/news/b/index"',
    ])
    const [upload] = ofType(template, 'AWS::S3::Bucket').filter(({ id }) => id.startsWith('PackagingUpload'))
    expect(urls.flatMap(refs)).toEqual([upload?.id, upload?.id])
  })

  it('may write there and nothing else', () => {
    const [policy] = ofType(template, 'AWS::IAM::Policy').filter(({ id }) => id.startsWith('MediaLiveRole'))
    const statements = list(at(policy?.properties, 'PolicyDocument', 'Statement'))
    expect(statements.map((one) => at(one, 'Action'))).toEqual(['s3:PutObject', 'kms:GenerateDataKey'])
    expect(JSON.stringify(at(statements[0], 'Resource'))).toContain('/live/news/*')
    expect(at(statements[1], 'Condition')).toBeDefined()
    const { violations } = new AwsSolutionsChecks(app, { verbose: true }).validateScope(stacks.region)
    expect(violations).toEqual([])
  })

  it('cuts all qualities alike, at whole closed GOPs, at the length a channel expects', () => {
    const seconds = number(at(hls, 'SegmentLength'), 0)
    expect(seconds).toBe(channelDefaults.segmentSeconds)
    const videos = list(at(settings, 'VideoDescriptions'))
    expect(videos.length).toBeGreaterThan(2)
    for (const video of videos) {
      const h264 = at(video, 'CodecSettings', 'H264Settings')
      expect([at(h264, 'GopSizeUnits'), at(h264, 'GopClosedCadence'), at(h264, 'SceneChangeDetect')]).toEqual(
        ['SECONDS', 1, 'DISABLED'],
      )
      expect(seconds % number(at(h264, 'GopSize'), 0)).toBe(0)
    }
    expect(list(at(hls, 'AdMarkers'))).toEqual(['ELEMENTAL_SCTE35'])
  })

  it('has an output for each quality, whose files are told by their names', () => {
    const outputs = list(at(group, 'Outputs'))
    const names = list(at(settings, 'VideoDescriptions')).map((one) => text(at(one, 'Name')))
    expect(outputs.map((one) => at(one, 'VideoDescriptionName'))).toEqual(names)
    expect(outputs.map((one) => at(one, 'OutputSettings', 'HlsOutputSettings', 'NameModifier'))).toEqual(
      names.map((name) => `_${name}`),
    )
  })

  it('is sent to by RTMP from where it was said, and says where to', () => {
    const own = templateOf(headend({}, pushed).stacks)
    const [group_] = ofType(own, 'AWS::MediaLive::InputSecurityGroup')
    expect(at(group_?.properties, 'WhitelistRules')).toEqual([{ Cidr: '203.0.113.0/24' }])
    const [input] = ofType(own, 'AWS::MediaLive::Input')
    expect(at(input?.properties, 'Type')).toBe('RTMP_PUSH')
    expect(list(at(input?.properties, 'Destinations'))).toHaveLength(2)
    expect(Object.keys(own.Outputs ?? {})).toContain('MediaLivePushTo')
  })

  it.each([
    { medialive: 'news' },
    { ...pulled, ...pushed },
    { ...pulled, medialive: 'no id' },
    { ...pulled, medialiveInput: 'https://user:password@source.example/live.m3u8' },
    { ...pushed, medialiveFrom: '0.0.0.0/0' },
    { ...pushed, medialiveFrom: 'anybody' },
  ])('is refused where nobody can say what is meant: %j', (said) => {
    expect(() => headend({}, said)).toThrow(expect.objectContaining({ code: 'STACK_CONTEXT' }))
  })
})
