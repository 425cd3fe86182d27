/** What assets bring to the operator's API: their routes and those of uploads, and what these are given. */

export { addUploadRoutes, type UploadRoutePorts } from '../uploads/routes.ts'
export { manifestsOf } from './record.ts'
export { type AssetRoutePorts, addAssetRoutes } from './routes.ts'
