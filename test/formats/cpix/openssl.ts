/** The command line of openssl: a judge of encrypted keys that shares no code with ours but the library below Node. */
import { execFileSync, spawnSync } from 'node:child_process'
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const program = 'openssl'

/** Why tests with it are skipped; undefined where it is there. */
export const opensslMissing =
  spawnSync(program, ['version']).status === 0 ? undefined : 'skipped: no openssl on this machine'

/** What a command says on stdout. */
export function openssl(args: readonly string[], input?: Uint8Array): Buffer {
  return execFileSync(program, [...args], { stdio: 'pipe', ...(input ? { input } : {}) })
}

/** Somebody keys are encrypted for. */
export interface Identity {
  /** DER. */
  readonly certificate: Uint8Array
  readonly key: KeyObject
}

/** A self-signed certificate for a new key; the arguments say which. */
export function newIdentity(...newKey: readonly string[]): Identity {
  const [key, certificate] = [scratch('k.pem'), scratch('c.der')]
  const subject = ['-nodes', '-subj', '/CN=recipient', '-days', '2', '-outform', 'DER']
  openssl(['req', '-x509', '-newkey', ...newKey, ...subject, '-keyout', key, '-out', certificate])
  return { certificate: readFileSync(certificate), key: createPrivateKey(readFileSync(key)) }
}

/** A file with the key, for commands that take files alone. */
export function keyFile(key: KeyObject): string {
  const path = scratch('key.pem')
  writeFileSync(path, key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  return path
}

function scratch(name: string): string {
  return join(mkdtempSync(join(tmpdir(), 'headend-cpix-')), name)
}
