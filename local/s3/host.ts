/** Virtual-hosted addressing: the bucket in the name of the host, where path style has it in the path. */

/** `<bucket>.localhost` of this machine, and the names AWS has, which a client may send here by a proxy or a resolver. */
const hosts = /^(.+)\.(?:localhost|s3(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.amazonaws\.com)$/
/** Names before `.localhost` that are the endpoint itself; shorter than a bucket's name may be. */
const endpoints: ReadonlySet<string> = new Set(['s3'])

/** The bucket a Host header names; undefined where the path names it. */
export function bucketOfHost(host: string | undefined): string | undefined {
  const name = (host ?? '').toLowerCase().replace(/:\d{1,5}$/, '')
  const bucket = hosts.exec(name)?.[1]
  return bucket === undefined || endpoints.has(bucket) ? undefined : bucket
}
