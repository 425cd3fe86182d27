/**
 * What a CloudFront Function finds in JavaScript runtime 2.0, name by name: "JavaScript runtime 2.0 features for
 * CloudFront Functions" of the CloudFront developer guide. What stands on no list there stands on none here.
 */

/** Modules that may be imported, and what each has. */
export const modules: Readonly<Record<string, readonly string[]>> = {
  // "Helper methods for key value stores".
  cloudfront: ['kvs'],
  crypto: ['createHash', 'createHmac'],
  querystring: ['decode', 'encode', 'escape', 'parse', 'stringify', 'unescape'],
  buffer: ['Buffer'],
}

const typedArray = ['from', 'of']
const none: readonly string[] = []

const named: Readonly<Record<string, readonly string[] | undefined>> = {
  Object: words(
    `create defineProperties defineProperty freeze getOwnPropertyDescriptor getOwnPropertyDescriptors
     getOwnPropertyNames getPrototypeOf isExtensible isFrozen isSealed keys preventExtensions seal assign entries
     values prototype`,
  ),
  String: ['fromCharCode', 'fromCodePoint'],
  Number: words(
    `EPSILON MAX_SAFE_INTEGER MIN_SAFE_INTEGER MAX_VALUE MIN_VALUE NaN NEGATIVE_INFINITY POSITIVE_INFINITY
     isFinite isInteger isNaN isSafeInteger parseInt parseFloat`,
  ),
  Math: words(
    `E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2 abs acos acosh asin asinh atan atan2 atanh cbrt ceil clz32 cos cosh
     exp expm1 floor fround hypot imul log log1p log2 log10 max min pow random round sign sinh sin sqrt tan tanh
     trunc`,
  ),
  Date: ['UTC', 'now', 'parse'],
  JSON: ['parse', 'stringify'],
  Array: ['isArray', 'of'],
  Float32Array: typedArray,
  Float64Array: typedArray,
  Int8Array: typedArray,
  Int16Array: typedArray,
  Int32Array: typedArray,
  Uint8Array: typedArray,
  Uint8ClampedArray: typedArray,
  Uint16Array: typedArray,
  Uint32Array: typedArray,
  ArrayBuffer: ['isView'],
  Promise: ['all', 'allSettled', 'any', 'reject', 'resolve', 'race'],
  DataView: none,
  Symbol: ['for'],
  TextDecoder: none,
  TextEncoder: none,
  Buffer: words('alloc allocUnsafe byteLength compare concat from isBuffer isEncoding'),
  console: ['log'],
  Error: none,
  EvalError: none,
  InternalError: none,
  RangeError: none,
  ReferenceError: none,
  SyntaxError: none,
  TypeError: none,
  URIError: none,
  decodeURI: undefined,
  decodeURIComponent: undefined,
  encodeURI: undefined,
  encodeURIComponent: undefined,
  isFinite: undefined,
  isNaN: undefined,
  parseFloat: undefined,
  parseInt: undefined,
  atob: undefined,
  btoa: undefined,
  NaN: undefined,
  Infinity: undefined,
  undefined,
  arguments: undefined,
}

/** Global names, and what may be asked of each by name; `undefined` for values and plain functions. */
export const globals: Readonly<Record<string, readonly string[] | undefined>> = {
  ...named,
  globalThis: Object.keys(named),
}

/** Methods of values, by the type that has them. */
const methodsOf: Readonly<Record<string, readonly string[]>> = {
  Object: words('hasOwnProperty isPrototypeOf propertyIsEnumerable toString valueOf'),
  Function: words('apply bind call'),
  // charCodeAt is on no list.
  String: words(
    `charAt concat indexOf lastIndexOf match replace search slice split substr substring toLowerCase trim
     toUpperCase codePointAt endsWith includes repeat startsWith padStart padEnd trimStart trimEnd replaceAll`,
  ),
  Number: words('toExponential toFixed toPrecision'),
  RegExp: words('exec test toString'),
  // And typed arrays.
  Array: words(
    `concat every filter forEach indexOf join lastIndexOf map pop push reduce reduceRight reverse shift slice some
     sort splice unshift copyWithin fill find findIndex includes set subarray`,
  ),
  Promise: words('catch finally then'),
  // "All ES 5.1 Date features": ECMA-262 5.1 15.9.5.
  Date: words(
    `getDate getDay getFullYear getHours getMilliseconds getMinutes getMonth getSeconds getTime getTimezoneOffset
     getUTCDate getUTCDay getUTCFullYear getUTCHours getUTCMilliseconds getUTCMinutes getUTCMonth getUTCSeconds
     setDate setFullYear setHours setMilliseconds setMinutes setMonth setSeconds setTime setUTCDate setUTCFullYear
     setUTCHours setUTCMilliseconds setUTCMinutes setUTCMonth setUTCSeconds toDateString toISOString toJSON
     toTimeString toUTCString`,
  ),
  DataView: words(
    `getFloat32 getFloat64 getInt16 getInt32 getInt8 getUint16 getUint32 getUint8 setFloat32 setFloat64 setInt16
     setInt32 setInt8 setUint16 setUint32 setUint8`,
  ),
  TextDecoder: ['decode'],
  TextEncoder: ['encode', 'encodeInto'],
  Buffer: words(
    `compare copy equals fill includes indexOf lastIndexOf readInt8 readUInt8 readInt16BE readInt32BE readInt16LE
     readInt32LE readUInt16BE readUInt32BE readUInt16LE readUInt32LE subarray toJSON toString write`,
  ),
  'Hash and Hmac': ['digest', 'update'],
  'key value store': ['exists', 'get', 'meta'],
}

/** Which type a value is of, nobody can tell from the text: a method of any of them passes. */
export const methods: ReadonlySet<string> = new Set(Object.values(methodsOf).flat())

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter(Boolean)
}
