import {isOfDefaults} from './defaults.ts'
import type {SharedFile} from './read.ts'

/**
 * Why Python's parser, and so every command of the AWS CLI and boto3, refuses a file that the SDKs can read;
 * `undefined` if it doesn't.
 */
export function refusedByBotocore({lines, sections}: SharedFile): string | undefined {
  if (lines[0]?.text.startsWith('\uFEFF')) return 'it begins with a byte order mark'
  const [headers, ofDefaults] = [new Set<string>(), new Set<string>()]
  for (const {at, properties} of sections) {
    const header = /^\[(.+)\]/.exec(lines[at]?.text ?? '')?.[1] ?? ''
    if (headers.has(header) && !isOfDefaults(`[${header}]`)) return `line ${at + 1} repeats [${header}]`
    headers.add(header)
    const keys = isOfDefaults(`[${header}]`) ? ofDefaults : new Set<string>()
    for (const property of properties) {
      const key = (/^(.*?)\s*[=:]/.exec(lines[property.at]?.text ?? '')?.[1] ?? '').toLowerCase()
      if (keys.has(key)) return `line ${property.at + 1} repeats "${key}"`
      keys.add(key)
    }
  }
  return undefined
}
