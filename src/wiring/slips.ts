import {nearest} from '../config/nearest.ts'
import {memberOf} from '../text/json.ts'

/** Flags and arguments as oclif has them. */
interface Typable {
  readonly flags: Readonly<Record<string, Flag>>
  readonly args: Readonly<Record<string, {readonly options?: readonly string[] | undefined}>>
}

interface Flag {
  readonly type: 'option' | 'boolean'
  readonly allowNo?: boolean
  readonly helpValue?: string | readonly string[] | undefined
  readonly options?: readonly string[] | undefined
}

/** What to type instead of an unknown flag, or of a value that is not among the options of its flag or argument. */
export function meant(error: object, argv: readonly string[], {flags, args}: Typable): string | undefined {
  if ('flags' in error && Array.isArray(error.flags)) return meantFlag(String(error.flags[0]), flags)
  const words = argv.flatMap(word => (word.startsWith('--') ? word.split('=') : word))
  for (const [name, {options}] of Object.entries(flags)) {
    const value = words[words.indexOf(`--${name}`) + 1]
    const option = words.includes(`--${name}`) ? meantOption(value, options) : undefined
    if (option !== undefined) return `--${name} ${option}`
  }
  const typed = argv.filter(word => !word.startsWith('-'))
  return Object.values(args)
    .flatMap(({options}, index) => meantOption(typed[index], options) ?? [])
    .at(0)
}

function meantFlag(typed: string, flags: Readonly<Record<string, Flag>>): string | undefined {
  const names = Object.entries(flags).flatMap(([name, {allowNo}]) => (allowNo ? [name, `no-${name}`] : [name]))
  const name = nearest(typed.replace(/^--?/, '').replace(/=.*/, ''), names)
  if (name === undefined) return undefined
  const flag = memberOf(flags, name)
  return flag?.type === 'option' ? `--${name} ${flag.options?.join('|') ?? flag.helpValue ?? 'VALUE'}` : `--${name}`
}

function meantOption(typed: string | undefined, options: readonly string[] = []): string | undefined {
  return typed === undefined || options.includes(typed) ? undefined : nearest(typed, options)
}
