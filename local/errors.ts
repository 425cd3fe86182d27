/** Errors of the AWS on this machine: what a template has that is not run here, what does not start. */

const notHere = {
  advice: 'Change the template, or teach this cloud the property, as AWS documents it.',
} as const
const otherDirectory = { advice: 'Start with another --data-dir, or delete this one.' } as const

/** Their codes, what they mean and what to do. */
export const localErrors = {
  API_NOT_HERE: { meaning: 'An HTTP API has what this cloud does not run.', ...notHere },
  BLOB_SHORT: { meaning: 'A file of stored bytes is shorter than its object.', ...otherDirectory },
  CLOUDFRONT_BEHAVIOR: { meaning: 'A policy of CloudFront has a value that is none.', ...notHere },
  CLOUDFRONT_EDGE_FUNCTION: { meaning: 'A behaviour names an edge function that is none.', ...notHere },
  CLOUDFRONT_FUNCTION: { meaning: 'A behaviour names a CloudFront Function that is none.', ...notHere },
  CLOUDFRONT_POLICY: { meaning: 'A behaviour has a policy that is not known here.', ...notHere },
  DEPLOYMENT_EXTRACT: { meaning: 'A deployment into a bucket is to be left packed.', ...notHere },
  DEPLOYMENT_MARKER: { meaning: 'A value can not be written into a deployed file.', ...notHere },
  DEPLOYMENT_SOURCE: { meaning: 'What is to be deployed into a bucket is not in the assembly.', ...notHere },
  EVENTS_PATTERN: { meaning: 'An event pattern has what this cloud can not match.', ...notHere },
  EVENTS_SCHEDULE: { meaning: 'A schedule is none that is known here.', ...notHere },
  EVENTS_TARGET: { meaning: 'A rule has a target that this cloud does not serve.', ...notHere },
  FUNCTION_GRAMMAR: {
    meaning: 'A CloudFront Function uses what CloudFront does not run.',
    advice: 'Write it with what JavaScript runtime 2.0 has.',
  },
  IAM_POLICY_MALFORMED: { meaning: 'A policy is none that IAM takes.', ...notHere },
  IAM_ROLE_UNKNOWN: { meaning: 'A caller has a role that is not in the template.', ...notHere },
  IAM_ROLE_UNTRUSTED: { meaning: 'A role lets its service not assume it.', ...notHere },
  JOURNAL_CLOSED: {
    meaning: 'Something was to be stored while this cloud stops.',
    advice: 'Nothing: start it again.',
  },
  JOURNAL_CORRUPT: { meaning: 'A journal has a broken line before whole ones.', ...otherDirectory },
  JOURNAL_ENTRY_BROKEN: { meaning: 'A journal has a line that is no entry.', ...otherDirectory },
  LAMBDA_FUNCTION_PROPERTY: { meaning: 'A function has what this cloud does not run.', ...notHere },
  LAMBDA_MAPPING_POSITION: { meaning: 'An event source starts at a position that is none.', ...notHere },
  LAMBDA_MAPPING_TARGET: {
    meaning: 'An event source has a function that is not in the template.',
    ...notHere,
  },
  LAMBDA_URL_TARGET: { meaning: 'A function URL has a function that is not in the template.', ...notHere },
  LOCAL_ASSET: { meaning: 'A file to import is not in the assembly.', ...notHere },
  LOCAL_DATA_IN_USE: {
    meaning: 'Another headend runs on the data directory.',
    advice: 'Stop it, or name another directory by --data-dir.',
  },
  LOCAL_DATA_LOCK: {
    meaning: 'The data directory can not be locked.',
    advice: 'Name a directory by --data-dir that can be written.',
  },
  LOCAL_DOORS: { meaning: 'The template has two of what this cloud has one port for.', ...notHere },
  LOCAL_PORT_TAKEN: {
    meaning: 'A port is taken, or may not be opened.',
    advice: 'Choose another by --port.',
  },
  LOCAL_REGION: {
    meaning: 'The stacks are of several regions.',
    advice: 'Synthesize without -c region.',
  },
  LOCAL_RESOURCE_FAILED: {
    meaning: 'A resource could not be made.',
    advice: 'Mend what the sentence behind it says.',
  },
  LOCAL_SECRET: { meaning: 'A secret lacks a member that is read here.', ...notHere },
  LOCAL_SERVICE: {
    meaning: 'A service needs another that is not opened before it.',
    advice: 'Move its line in the list of services.',
  },
  S3_DESTINATION_REFUSED: { meaning: 'A bucket may not send its notifications where it should.', ...notHere },
  SCHEDULER_SCHEDULE: { meaning: 'A schedule has what AWS refuses or this cloud does not run.', ...notHere },
  TABLE_KEYS: { meaning: 'A stored table has other keys than the template says.', ...otherDirectory },
  TEMPLATE_ATTRIBUTE: { meaning: 'Fn::GetAtt asks for what a resource has not here.', ...notHere },
  TEMPLATE_CIRCULAR: { meaning: 'Resources need each other.', ...notHere },
  TEMPLATE_FUNCTION: { meaning: 'An intrinsic function is not known here.', ...notHere },
  TEMPLATE_IMPORT: { meaning: 'A stack imports what another exports.', ...notHere },
  TEMPLATE_INTRINSIC: { meaning: 'An intrinsic function is given what it does not take.', ...notHere },
  TEMPLATE_MALFORMED: {
    meaning: 'A file of the assembly is not what it must be.',
    advice: 'Synthesize again.',
  },
  TEMPLATE_MISSING: { meaning: 'A file of the assembly is missing.', advice: 'Synthesize again.' },
  TEMPLATE_OUTPUT: { meaning: 'An output is no text.', ...notHere },
  TEMPLATE_PARAMETER: { meaning: 'A parameter has no default.', ...notHere },
  TEMPLATE_REFERENCE: { meaning: 'A reference to a secret is none of this template.', ...notHere },
  TEMPLATE_STACKS: { meaning: 'The assembly has no stack.', advice: 'Synthesize again.' },
} as const satisfies Readonly<Record<string, { readonly meaning: string; readonly advice: string }>>

/** The codes of this cloud. */
export type LocalErrorCode = keyof typeof localErrors

/** A fault of the cloud on this machine or of what it is to run; the message says what, where, expected and got. */
export class LocalError extends Error {
  override readonly name = 'LocalError'
  readonly code: LocalErrorCode

  constructor(code: LocalErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
