import type {Configuration} from '../config/schema.ts'
import type {Log} from '../plugin.ts'

export function logTo(say: (text: string) => void, debug: boolean): Log {
  return {
    debug: message => (debug ? say(`debug: ${message}`) : undefined),
    info: say,
    warn: message => say(`Warning: ${message}`),
  }
}

/** Shows only the first warning: the others are its consequences, and go to the debug log. */
export function warningOnce(log: Log): Log {
  let warned = false
  return {
    ...log,
    warn(message) {
      if (warned) log.debug(message)
      else log.warn(message)
      warned = true
    },
  }
}

/** Every name, address and host in the configuration. None is a secret: it holds only references to secrets. */
export function namesIn({providers, profiles}: Pick<Configuration, 'providers' | 'profiles'>): readonly string[] {
  const written = [providers, profiles].flatMap(entries =>
    Object.entries(entries).map(([name, {written}]) => [name, written]),
  )
  return [...new Set(textsIn(written))]
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value, URL.parse(value)?.host ?? '']
  if (Array.isArray(value)) return value.flatMap(textsIn)
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}
