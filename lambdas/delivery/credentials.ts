/** The environment the Lambda runtime itself sets, read at each call because credentials change. */
export const edgeCredentials = {
  credentials: () => ({
    accessKeyId: process.env['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: process.env['AWS_SECRET_ACCESS_KEY'] ?? '',
    ...(process.env['AWS_SESSION_TOKEN'] !== undefined && { sessionToken: process.env['AWS_SESSION_TOKEN'] }),
  }),
  now: () => Date.now(),
  ...(process.env['AWS_ENDPOINT_URL'] !== undefined && { endpoint: process.env['AWS_ENDPOINT_URL'] }),
}
