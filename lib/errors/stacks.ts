/** Errors of the stacks while they are synthesized. */
import type { ErrorArea } from './area.ts'

export const stacks = {
  BUILD_MISSING: {
    status: 400,
    meaning: 'A function has no bundle to deploy.',
    advice: 'Run npm run build, then synthesize again.',
    command: 'npm run build',
  },
  STACK_ADOPT: {
    status: 400,
    meaning: 'The file of what is taken over from old stacks says what can not be.',
    advice:
      'Correct the file that -c adopt names: names of resources and their ARNs, as docs/deploy.md says.',
  },
  STACK_CONTEXT: {
    status: 400,
    meaning: 'A value of -c is not what it must be.',
    advice: 'Correct the value the message names, or leave it out; docs/deploy.md lists them.',
  },
  STACK_NOTIFIER: {
    status: 400,
    meaning: 'CDK made no function for the notifications of buckets where one is expected.',
    advice:
      'Report it as a fault of headend, with the version of aws-cdk-lib: another one names it otherwise.',
  },
  STACK_ROUTE: {
    status: 400,
    meaning: 'Two rooms want the same uploads, or one asks for them by no folder.',
    advice: 'Give each room a folder of its own in the upload bucket: uploads.route in its construct.',
  },
  STACK_SHIELD: {
    status: 400,
    meaning: 'It is not known which Origin Shield is nearest to the region.',
    advice: 'Add the region to lib/platform/http/origin-shield.ts, or deploy to one that is there.',
  },
  STACK_STAGE: {
    status: 400,
    meaning: 'The name of a stage has letters it can not have.',
    advice: 'Name the stage with up to 16 lower-case letters and digits, and not global.',
  },
} as const satisfies ErrorArea
