/** Presentations: edit lists of assets and channels, stored once and delivered as manifests, without copying media. */
export { type PresentationContents, presentationContents, presentationsShowing } from './contents.ts'
export { addProgrammeRoutes, type ProgrammePorts } from './programmes/routes.ts'
export type { PublishPorts } from './publish.ts'
export { addPresentationRoutes, type PresentationPorts } from './routes.ts'
export { storedPresentations } from './source.ts'
