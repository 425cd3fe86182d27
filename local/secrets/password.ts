/** Random passwords, as GetRandomPassword and a template's GenerateSecretString ask for them. */
import { randomInt } from 'node:crypto'
import { flag, isRecord, type JsonRecord, optionalInteger, optionalText, text } from '../json-input.ts'
import { AwsFault } from '../service.ts'

const lowercase = 'abcdefghijklmnopqrstuvwxyz'
const uppercase = lowercase.toUpperCase()
const numbers = '0123456789'
const punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'

/** A password of the kinds of characters asked for, one of each at least unless that is waived. */
export function randomPassword(asked: JsonRecord): string {
  const length = optionalInteger(asked, 'PasswordLength', { min: 1, max: 4096 }) ?? 32
  const excluded = new Set(optionalText(asked, 'ExcludeCharacters') ?? '')
  const kinds = [
    flag(asked, 'ExcludeLowercase') ? '' : lowercase,
    flag(asked, 'ExcludeUppercase') ? '' : uppercase,
    flag(asked, 'ExcludeNumbers') ? '' : numbers,
    flag(asked, 'ExcludePunctuation') ? '' : punctuation,
    flag(asked, 'IncludeSpace') ? ' ' : '',
  ]
    .map((kind) => Array.from(kind).filter((character) => !excluded.has(character)))
    .filter((kind) => kind.length > 0)
  const required = asked['RequireEachIncludedType'] === false ? [] : kinds
  if (kinds.length === 0 || required.length > length) {
    throw new AwsFault(
      'InvalidParameterException',
      'The password cannot be made of these characters in this length.',
    )
  }
  const all = kinds.flat()
  const characters = required.map(pick)
  while (characters.length < length) characters.push(pick(all))
  return shuffled(characters).join('')
}

/** The value of `GenerateSecretString`: a password, or the template's JSON object with one under its key. */
export function generatedSecret(asked: JsonRecord): string {
  const template = optionalText(asked, 'SecretStringTemplate')
  const password = randomPassword(asked)
  if (template === undefined) return password
  const object: unknown = JSON.parse(template)
  if (!isRecord(object))
    throw new AwsFault('InvalidParameterException', 'SecretStringTemplate must be a JSON object.')
  return JSON.stringify({ ...object, [text(asked, 'GenerateStringKey')]: password })
}

function pick(characters: readonly string[]): string {
  return characters[randomInt(characters.length)] ?? ''
}

/** Fisher-Yates. */
function shuffled(characters: readonly string[]): readonly string[] {
  const mixed = [...characters]
  for (let last = mixed.length - 1; last > 0; last--) {
    const other = randomInt(last + 1)
    const moved = mixed[last] ?? ''
    mixed[last] = mixed[other] ?? ''
    mixed[other] = moved
  }
  return mixed
}
