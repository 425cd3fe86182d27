import { describe, expect, it } from 'vitest'
import { allowedCpc } from '../../../lib/formats/pssh/robustness.ts'

describe('classes of devices', () => {
  it.each([
    ['fairplay', 'Baseline', 'com.apple.streamingkeydelivery:AppleBaseline/Baseline/AppleMain/Main'],
    ['fairplay', 'Main', 'com.apple.streamingkeydelivery:AppleMain/Main'],
    ['fairplay', 'AppleMain', 'com.apple.streamingkeydelivery:AppleMain/Main'],
    ['playready', '150', 'com.microsoft.playready:SL150/SL2000/SL3000'],
    ['playready', 'SL3000', 'com.microsoft.playready:SL3000'],
  ])('of %s that are at least %s', (system, least, expected) => {
    expect(allowedCpc(system, least)).toBe(expected)
  })

  it.each([
    ['widevine', 'HW_SECURE_ALL'],
    ['clearkey', 'any'],
    ['playready', '4000'],
    ['toString', 'Main'],
  ])('are not said of %s at %s', (system, least) => {
    expect(allowedCpc(system, least)).toBeUndefined()
  })
})
