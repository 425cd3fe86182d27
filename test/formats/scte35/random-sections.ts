/** Sections of every shape, as fast-check makes them. */
import * as fc from 'fast-check'
import type { SpliceCommand } from '../../../lib/formats/scte35/command.ts'
import type { SpliceDescriptor } from '../../../lib/formats/scte35/descriptors.ts'
import type { SpliceInfoSection } from '../../../lib/formats/scte35/section.ts'
import type { Segment } from '../../../lib/formats/scte35/segmentation.ts'
import { hasSubSegments } from '../../../lib/formats/scte35/segmentation-types.ts'

const bits = (count: number) =>
  fc.oneof(
    fc.constantFrom(0, 2 ** count - 1),
    fc.maxSafeNat().map((n) => n % 2 ** count),
  )
const bytes = (maxLength: number) => fc.uint8Array({ maxLength })
/** There one time in six. */
const rarely = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })
/** Reserved bits that are not all ones, now and then. */
const reserved = (count: number) => rarely(fc.nat(2 ** count - 2))
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const rest = rarely(fc.uint8Array({ minLength: 1, maxLength: 5 }))

const time = fc.oneof(
  fc.record({ pts: bits(33), reserved: reserved(6) }),
  fc.record({ reserved: reserved(7) }),
)
const breakDuration = maybe(
  fc.record({ autoReturn: fc.boolean(), duration: bits(33), reserved: reserved(6) }),
)
const avail = { breakDuration, uniqueProgramId: bits(16), availNum: bits(8), availsExpected: bits(8) }
const flags = { outOfNetwork: fc.boolean(), idComplianceFlag: fc.boolean(), reserved: reserved(3), ...avail }
const splice = fc.oneof(
  fc.record({ ...flags, programSplice: fc.constant(true), immediate: fc.constant(false), time }),
  fc.record({ ...flags, programSplice: fc.constant(true), immediate: fc.constant(true) }),
  fc.record({
    ...flags,
    programSplice: fc.constant(false),
    immediate: fc.constant(false),
    components: fc.array(fc.record({ tag: bits(8), time }), { maxLength: 4 }),
  }),
  fc.record({
    ...flags,
    programSplice: fc.constant(false),
    immediate: fc.constant(true),
    components: fc.array(fc.record({ tag: bits(8) }), { maxLength: 4 }),
  }),
)
const insert = fc.record({
  kind: fc.constant('insert' as const),
  eventId: bits(32),
  reserved: reserved(7),
  splice: maybe(splice),
})
const unlisted = fc.record({
  kind: fc.constant('insert' as const),
  eventId: bits(32),
  splice: fc.record({ ...flags, programSplice: fc.constant(false), immediate: fc.boolean() }),
})

const scheduled = { outOfNetwork: fc.boolean(), reserved: reserved(5), ...avail }
const schedule = fc.record({
  kind: fc.constant('schedule' as const),
  events: fc.array(
    fc.record({
      eventId: bits(32),
      idComplianceFlag: fc.boolean(),
      reserved: reserved(6),
      splice: maybe(
        fc.oneof(
          fc.record({ ...scheduled, programSplice: fc.constant(true), utcSeconds: bits(32) }),
          fc.record({
            ...scheduled,
            programSplice: fc.constant(false),
            components: fc.array(fc.record({ tag: bits(8), utcSeconds: bits(32) }), { maxLength: 3 }),
          }),
        ),
      ),
    }),
    { maxLength: 3 },
  ),
})
/** Commands that say by their fields where they end. */
const delimited: fc.Arbitrary<SpliceCommand> = fc.oneof(
  insert,
  schedule,
  fc.record({ kind: fc.constantFrom('null' as const, 'bandwidth-reservation' as const) }),
  fc.record({ kind: fc.constant('time-signal' as const), time }),
)
const command: fc.Arbitrary<SpliceCommand> = fc.oneof(
  fc.tuple(delimited, rest).map(([one, behind]) => ({ ...one, rest: behind }) as SpliceCommand),
  unlisted,
  fc.record({ kind: fc.constant('private' as const), identifier: bits(32), bytes: bytes(20) }),
  fc.record({
    kind: fc.constant('unknown' as const),
    type: fc.constantFrom(1, 2, 3, 8, 254),
    bytes: bytes(20),
  }),
)

const upid = fc.record({ type: fc.nat(0x13), bytes: bytes(40) })
const segment: fc.Arbitrary<Segment> = fc
  .record({
    restrictions: maybe(
      fc.record({
        webDeliveryAllowed: fc.boolean(),
        noRegionalBlackout: fc.boolean(),
        archiveAllowed: fc.boolean(),
        deviceRestrictions: bits(2),
      }),
    ),
    reserved: reserved(5),
    components: maybe(
      fc.array(fc.record({ tag: bits(8), ptsOffset: bits(33), reserved: reserved(7) }), { maxLength: 3 }),
    ),
    duration: maybe(bits(40)),
    upid,
    typeId: fc.oneof(bits(8), fc.constantFrom(0x10, 0x22, 0x30, 0x34, 0x35, 0x36, 0x44, 0x46)),
    segmentNum: bits(8),
    segmentsExpected: bits(8),
    subSegments: maybe(fc.record({ num: bits(8), expected: bits(8) })),
  })
  .map((one) => ({
    ...one,
    reserved: one.restrictions ? undefined : one.reserved,
    subSegments: hasSubSegments(one.typeId) ? one.subSegments : undefined,
  }))
const segmentation = fc
  .record({
    kind: fc.constant('segmentation' as const),
    eventId: bits(32),
    idComplianceIndicator: fc.boolean(),
    reserved: reserved(6),
    segment: maybe(segment),
    rest,
  })
  // Two bytes behind such a type would be its sub-segment.
  .map((one) => ({
    ...one,
    rest:
      one.segment && hasSubSegments(one.segment.typeId) && !one.segment.subSegments ? undefined : one.rest,
  }))
const language = fc.constantFrom('eng', 'deu', 'qaa')
const channel = fc.record({
  tag: bits(8),
  language,
  bitStreamMode: bits(3),
  numChannels: bits(4),
  fullService: fc.boolean(),
})

/** Any descriptor. */
const descriptor: fc.Arbitrary<SpliceDescriptor> = fc.oneof(
  { weight: 3, arbitrary: segmentation },
  fc.record({ kind: fc.constant('avail' as const), providerAvailId: bits(32), rest }),
  fc.record({
    kind: fc.constant('dtmf' as const),
    preroll: bits(8),
    chars: fc.stringMatching(/^[0-9*#]{0,7}$/),
    reserved: reserved(5),
    rest,
  }),
  fc.record({
    kind: fc.constant('time' as const),
    taiSeconds: bits(48),
    taiNs: bits(32),
    utcOffset: bits(16),
    rest,
  }),
  fc.record({
    kind: fc.constant('audio' as const),
    channels: fc.array(channel, { maxLength: 4 }),
    reserved: reserved(4),
    rest,
  }),
  fc.record({
    kind: fc.constant('private' as const),
    tag: bits(8),
    identifier: fc.constantFrom(0x53415053, 0, 0xffffffff),
    bytes: bytes(20),
  }),
)

const head = {
  sapType: bits(2),
  privateIndicator: fc.boolean(),
  protocolVersion: fc.constantFrom(0, 0, 0, 4),
  encryptionAlgorithm: bits(6),
  ptsAdjustment: bits(33),
  cwIndex: bits(8),
  tier: bits(12),
}

/** Any section, as it is read. */
export const section: fc.Arbitrary<SpliceInfoSection> = fc.record({
  ...head,
  content: fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('clear' as const),
        command,
        hasLegacyLength: fc.constant(false),
        descriptors: fc.array(descriptor, { maxLength: 4 }),
        stuffing: bytes(4),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('clear' as const),
        command: delimited,
        hasLegacyLength: fc.constant(true),
        descriptors: fc.array(descriptor, { maxLength: 2 }),
        stuffing: bytes(4),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('encrypted' as const),
        commandLength: bits(12),
        bytes: bytes(60),
      }),
    },
  ),
})
