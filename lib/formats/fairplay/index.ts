/** The public interface of FairPlay Streaming's messages. */
export { readSpc, type Spc } from './spc.ts'
