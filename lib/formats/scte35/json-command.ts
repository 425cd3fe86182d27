/** Commands as JSON, both ways. */
import { optional } from '../optional.ts'
import { hexText } from '../uuid.ts'
import { identifierOf, identifierText } from './bytes.ts'
import { COMMAND_TYPE, type SpliceCommand } from './command.ts'
import { hexMember, type JsonFields, type JsonObject, unlessUsual } from './json-fields.ts'
import type { Splice, SpliceFacts, SpliceInsert } from './splice-insert.ts'
import type { ScheduledEvent, ScheduledSplice } from './splice-schedule.ts'
import type { SpliceTime } from './splice-time.ts'

/** The fields of a command. */
export function commandJson(command: SpliceCommand): JsonObject {
  switch (command.kind) {
    case 'insert':
      return { ...insertJson(command), ...hexMember('restHex', command.rest) }
    case 'schedule':
      return { events: command.events.map(eventJson), ...hexMember('restHex', command.rest) }
    case 'time-signal':
      return { ...timeJson(command.time), ...hexMember('restHex', command.rest) }
    case 'private':
      return { identifier: identifierText(command.identifier), dataHex: hexText(command.bytes) }
    case 'unknown':
      return { dataHex: hexText(command.bytes) }
    case 'null':
    case 'bandwidth-reservation':
      return hexMember('restHex', command.rest)
  }
}

/** The command of a type, of those fields. */
export function commandOfJson(type: number, fields: JsonFields): SpliceCommand {
  const rest = () => fields.optionalHex('restHex', 'rest')
  switch (type) {
    case COMMAND_TYPE.null:
      return { kind: 'null', ...rest() }
    case COMMAND_TYPE.schedule:
      return { kind: 'schedule', events: fields.objects('events').map(eventOfJson), ...rest() }
    case COMMAND_TYPE.insert:
      return { ...insertOfJson(fields), ...rest() }
    case COMMAND_TYPE['time-signal']:
      return { kind: 'time-signal', time: timeOfJson(fields), ...rest() }
    case COMMAND_TYPE['bandwidth-reservation']:
      return { kind: 'bandwidth-reservation', ...rest() }
    case COMMAND_TYPE.private: {
      const identifier =
        identifierOf(fields.text('identifier')) ?? fields.refuse('identifier', 'four characters or 0x…')
      return { kind: 'private', identifier, bytes: fields.hex('dataHex', '') }
    }
    default:
      return { kind: 'unknown', type, bytes: fields.hex('dataHex', '') }
  }
}

const timeJson = ({ pts, reserved }: SpliceTime): JsonObject => ({
  pts: pts ?? null,
  ...optional('reservedTime', reserved),
})

const timeOfJson = (fields: JsonFields): SpliceTime => ({
  ...fields.optionalNumber('pts', 'pts'),
  ...fields.optionalNumber('reservedTime', 'reserved'),
})

function insertJson({ eventId, splice, reserved }: SpliceInsert): JsonObject {
  const event = { eventId, cancel: splice === undefined, ...optional('reserved', reserved) }
  if (!splice) return event
  return {
    ...event,
    outOfNetwork: splice.outOfNetwork,
    programSplice: splice.programSplice,
    immediate: splice.immediate,
    ...unlessUsual(true, 'idComplianceFlag', splice.idComplianceFlag),
    ...optional('reservedFlags', splice.reserved),
    ...timeJson(splice.time ?? {}),
    ...optional(
      'components',
      splice.components?.map(({ tag, time = {} }) => ({ tag, ...timeJson(time) })),
    ),
    ...availJson(splice),
  }
}

function insertOfJson(fields: JsonFields): SpliceInsert {
  const event = {
    kind: 'insert',
    eventId: fields.number('eventId'),
    ...fields.optionalNumber('reserved', 'reserved'),
  } as const
  return fields.flag('cancel') ? event : { ...event, splice: spliceOfJson(fields) }
}

function spliceOfJson(fields: JsonFields): Splice {
  const programSplice = fields.flag('programSplice')
  const immediate = fields.flag('immediate')
  return {
    outOfNetwork: fields.flag('outOfNetwork'),
    programSplice,
    immediate,
    idComplianceFlag: fields.flag('idComplianceFlag', true),
    ...fields.optionalNumber('reservedFlags', 'reserved'),
    ...(programSplice && !immediate && { time: timeOfJson(fields) }),
    ...(!programSplice &&
      fields.has('components') && {
        components: fields.objects('components').map((one) => ({
          tag: one.number('tag'),
          ...(!immediate && { time: timeOfJson(one) }),
        })),
      }),
    ...availOfJson(fields),
  }
}

function eventJson({ eventId, splice, idComplianceFlag, reserved }: ScheduledEvent): JsonObject {
  return {
    eventId,
    cancel: splice === undefined,
    ...unlessUsual(true, 'idComplianceFlag', idComplianceFlag),
    ...optional('reserved', reserved),
    ...(splice && {
      outOfNetwork: splice.outOfNetwork,
      programSplice: splice.programSplice,
      ...optional('reservedFlags', splice.reserved),
      ...optional('utcSeconds', splice.utcSeconds),
      ...optional(
        'components',
        splice.components?.map(({ tag, utcSeconds }) => ({ tag, utcSeconds })),
      ),
      ...availJson(splice),
    }),
  }
}

function eventOfJson(fields: JsonFields): ScheduledEvent {
  const event = {
    eventId: fields.number('eventId'),
    idComplianceFlag: fields.flag('idComplianceFlag', true),
    ...fields.optionalNumber('reserved', 'reserved'),
  }
  return fields.flag('cancel') ? event : { ...event, splice: scheduledOfJson(fields) }
}

function scheduledOfJson(fields: JsonFields): ScheduledSplice {
  const programSplice = fields.flag('programSplice')
  return {
    outOfNetwork: fields.flag('outOfNetwork'),
    programSplice,
    ...fields.optionalNumber('reservedFlags', 'reserved'),
    ...(programSplice
      ? { utcSeconds: fields.number('utcSeconds') }
      : {
          components: fields
            .objects('components')
            .map((one) => ({ tag: one.number('tag'), utcSeconds: one.number('utcSeconds') })),
        }),
    ...availOfJson(fields),
  }
}

function availJson({ breakDuration, uniqueProgramId, availNum, availsExpected }: SpliceFacts): JsonObject {
  return {
    breakDuration: breakDuration ? { ...breakDuration } : null,
    uniqueProgramId,
    availNum,
    availsExpected,
  }
}

function availOfJson(
  fields: JsonFields,
): Pick<SpliceFacts, 'breakDuration' | 'uniqueProgramId' | 'availNum' | 'availsExpected'> {
  const duration = fields.has('breakDuration') ? fields.object('breakDuration') : undefined
  return {
    ...(duration && {
      breakDuration: {
        autoReturn: duration.flag('autoReturn'),
        ...duration.optionalNumber('reserved', 'reserved'),
        duration: duration.number('duration'),
      },
    }),
    uniqueProgramId: fields.number('uniqueProgramId'),
    availNum: fields.number('availNum'),
    availsExpected: fields.number('availsExpected'),
  }
}
