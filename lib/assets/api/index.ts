/** The assets' part of the operator's API: their routes and those of uploads, with the ports these need. */

export { addUploadRoutes, type UploadRoutePorts } from '../uploads/routes.ts'
export { manifestsOf } from './record.ts'
export { type AssetRoutePorts, addAssetRoutes } from './routes.ts'
