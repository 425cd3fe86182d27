// CloudFront Function (cloudfront-js-2.0), viewer-request on /time: answers with the time for the UTCTiming of MPDs,
// where no cache lies between a player and the clock.
function handler() {
  return {
    statusCode: 200,
    statusDescription: 'OK',
    headers: {
      'access-control-allow-origin': { value: '*' },
      'cache-control': { value: 'no-store' },
      'content-type': { value: 'text/plain' },
    },
    body: { encoding: 'text', data: new Date().toISOString() },
  }
}
