import {type Assignments, demandFit, plainOnly, printableOnly} from './variables.ts'

/** For `eval "$(aws-oidc creds --format env)"` in a POSIX shell. */
export function envLines({set, unset}: Assignments): string {
  demandFit(set, printableOnly, 'env')
  const lines = set.map(([name, value]) => `export ${name}=${quoted(value)}\n`)
  return [`unset ${unset.join(' ')}\n`, ...lines].join('')
}

/**
 * Assignments without `export`. Values are quoted only if a shell needs it, so `env $(...) program`, which splits words
 * but removes no quotes, works with the values that AWS issues.
 */
export function envLinesWithoutExport({set}: Assignments): string {
  demandFit(set, printableOnly, 'env-no-export')
  return set.map(([name, value]) => `${name}=${plainOnly.test(value) ? value : quoted(value)}\n`).join('')
}

/** POSIX.1-2024, XCU 2.2.2: in single quotes only the closing quote is special. */
function quoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`
}
