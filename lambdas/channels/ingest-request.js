// CloudFront Function (cloudfront-js-2.0), viewer-request on ingest. API Gateway renames WWW-Authenticate, and some
// encoders send their password only when they are asked for it: so they are asked here.
const challenge = {
  statusCode: 401,
  statusDescription: 'Unauthorized',
  headers: { 'www-authenticate': { value: 'Basic realm="headend", charset="UTF-8"' } },
}

function handler(event) {
  const request = event.request
  if (!request.headers.authorization) return challenge
  // API Gateway takes bodies of some types, and of none, for text, which no segment survives.
  request.headers['content-type'] = { value: 'application/octet-stream' }
  return request
}
