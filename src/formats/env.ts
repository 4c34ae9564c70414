import {demandFit, plainOnly, printableOnly, staleVariable, type Variables} from './variables.ts'

/** For `eval "$(aws-oidc creds --format env)"` in a POSIX shell. */
export function envLines(variables: Variables): string {
  demandFit(variables, printableOnly, 'env')
  const lines = variables.map(([name, value]) => `export ${name}=${quoted(value)}\n`)
  return [`unset ${staleVariable}\n`, ...lines].join('')
}

/**
 * Assignments alone. Values are quoted only where a shell would need it, so that `env $(...) program`, which splits
 * into words but takes no quotes away, works with whatever AWS gives.
 */
export function envLinesWithoutExport(variables: Variables): string {
  demandFit(variables, printableOnly, 'env-no-export')
  return variables.map(([name, value]) => `${name}=${plainOnly.test(value) ? value : quoted(value)}\n`).join('')
}

/** POSIX.1-2024, XCU 2.2.2: between single quotes nothing is special but the quote that ends them. */
function quoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`
}
