import {type Assignments, demandFit, printableOnly} from './variables.ts'

/**
 * For `aws-oidc creds --format powershell | Invoke-Expression`: each line is a whole statement, and none is empty,
 * because Invoke-Expression gets them one by one and refuses an empty one.
 */
export function powershellLines({set, unset}: Assignments): string {
  demandFit(set, printableOnly, 'powershell')
  const lines = set.map(([name, value]) => `$Env:${name}=${quoted(value)}\n`)
  return [...unset.map(name => `$Env:${name}=$null\n`), ...lines].join('')
}

/**
 * Between single quotes only they are special, and doubled. Whatever isn't ASCII is written by its number:
 * PowerShell takes U+2018 to U+201B for single quotes too, and reads a program's output in the code page of the
 * console, in which any other letter may turn into one of them.
 */
function quoted(value: string): string {
  const inQuotes = value.replaceAll("'", "''").replace(/[^\x20-\x7e]/g, unit => `'+[char]0x${hexadecimal(unit)}+'`)
  return `'${inQuotes}'`
}

function hexadecimal(unit: string): string {
  return unit.charCodeAt(0).toString(16).padStart(4, '0')
}
