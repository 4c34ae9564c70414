import {type Assignments, demandFit, printableOnly} from './variables.ts'

/**
 * For `aws-oidc creds --format powershell | Invoke-Expression`: each line is a whole statement and none is empty,
 * because Invoke-Expression gets them one by one and refuses an empty one.
 */
export function powershellLines({set, unset}: Assignments): string {
  demandFit(set, printableOnly, 'powershell')
  const lines = set.map(([name, value]) => `$Env:${name}=${quoted(value)}\n`)
  return [...unset.map(name => `$Env:${name}=$null\n`), ...lines].join('')
}

/**
 * In single quotes only single quotes are special, and are doubled. Characters outside ASCII are written by number:
 * PowerShell takes U+2018 to U+201B for single quotes too, and decodes a program's output in the console's code page,
 * which may turn any other character into one of them.
 */
function quoted(value: string): string {
  const inQuotes = value.replaceAll("'", "''").replace(/[^\x20-\x7e]/g, unit => `'+[char]0x${hexadecimal(unit)}+'`)
  return `'${inQuotes}'`
}

function hexadecimal(unit: string): string {
  return unit.charCodeAt(0).toString(16).padStart(4, '0')
}
