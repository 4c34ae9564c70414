import type {AwsCredentials} from '../plugin.ts'
import {processDocument} from './process.ts'

export const formats = [
  'process',
  'env',
  'env-no-export',
  'fish',
  'powershell',
  'windows-cmd',
  'nushell',
  'dotenv',
] as const
export type Format = (typeof formats)[number]

/** Credentials as the text of a format. Rejects with USAGE where a format has no way to write one of the values. */
export async function formatCredentials(
  format: Format,
  credentials: AwsCredentials,
  accountId: string,
): Promise<string> {
  if (format === 'process') return processDocument(credentials, accountId)
  // Every call of an AWS tool wants the document; the shells' own formats are loaded by those who use a shell.
  const {writers} = await import('./writers.ts')
  const {variablesOf} = await import('./variables.ts')
  return writers[format](variablesOf(credentials, accountId))
}
