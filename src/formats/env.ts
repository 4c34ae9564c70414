import {type Assignments, demandFit, plainOnly, printableOnly} from './variables.ts'

/** For `eval "$(aws-oidc creds --format env)"` in a POSIX shell. */
export function envLines({set, unset}: Assignments): string {
  demandFit(set, printableOnly, 'env')
  const lines = set.map(([name, value]) => `export ${name}=${quoted(value)}\n`)
  return [`unset ${unset.join(' ')}\n`, ...lines].join('')
}

/**
 * Assignments alone. Values are quoted only where a shell would need it, so that `env $(...) program`, which splits
 * into words but takes no quotes away, works with whatever AWS gives.
 */
export function envLinesWithoutExport({set}: Assignments): string {
  demandFit(set, printableOnly, 'env-no-export')
  return set.map(([name, value]) => `${name}=${plainOnly.test(value) ? value : quoted(value)}\n`).join('')
}

/** POSIX.1-2024, XCU 2.2.2: between single quotes nothing is special but the quote that ends them. */
function quoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`
}
