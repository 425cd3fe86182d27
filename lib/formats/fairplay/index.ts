/** The door of FairPlay Streaming's messages. */
export { readSpc, type Spc } from './spc.ts'
