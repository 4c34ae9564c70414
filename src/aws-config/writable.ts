import {isName} from './read.ts'

/** Why no section of this name is written, as the end of a sentence; `undefined` where every AWS tool knows it. */
export function problemOfName(name: string): string | undefined {
  if (name === '') return 'its name is empty'
  if (!isName(name)) return 'its name holds characters that not all AWS tools know; they know A-Z a-z 0-9 and _-/.%@:+'
  // The option that a tool or a shell would make of it; what the AWS SDK for JavaScript throws at.
  if (name.startsWith('-') || name === '__proto__') return 'an AWS profile can not be called so'
  return undefined
}

/** Why a value is not written, as the end of a sentence; `undefined` where every AWS tool reads the same. */
export function problemOfValue(value: string): string | undefined {
  if (value === '') return 'a value is empty'
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(value)) return 'a value holds control characters'
  if (value.trim() !== value) return 'a value begins or ends with a space'
  if (/(?:^|\s)[#;]/.test(value)) return 'a value holds what AWS tools take for the beginning of a comment'
  return undefined
}
