import {isName} from './read.ts'

/** Why we write no section of this name, as the end of a sentence; `undefined` if every AWS tool accepts the name. */
export function problemOfName(name: string): string | undefined {
  if (name === '') return 'its name is empty'
  if (!isName(name))
    return 'its name holds characters that not all AWS tools accept; all accept A-Z a-z 0-9 and _-/.%@:+'
  // Tools and shells would take a leading "-" for an option; the AWS SDK for JavaScript throws at `__proto__`.
  if (name.startsWith('-') || name === '__proto__') return "an AWS profile can't have that name"
  return undefined
}

/** Why we don't write a value, as the end of a sentence; `undefined` if every AWS tool reads the same value. */
export function problemOfValue(value: string): string | undefined {
  if (value === '') return 'a value is empty'
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(value)) return 'a value holds control characters'
  if (value.trim() !== value) return 'a value begins or ends with a space'
  if (/(?:^|\s)[#;]/.test(value)) return 'a value holds what AWS tools take for the beginning of a comment'
  return undefined
}
