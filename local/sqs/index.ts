/** The door of the local SQS. */
export { createSqs, type Sqs, type SqsOptions } from './sqs.ts'
