import type {AwsCredentials} from '../plugin.ts'
import {processDocument} from './process.ts'
import type {Assignments} from './variables.ts'

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

export interface Formatted {
  readonly credentials: AwsCredentials
  readonly accountId: string
  /** What becomes of the variables of the region. The document of a credential_process has no place for one. */
  readonly region?: Assignments
}

/** Credentials as the text of a format. Rejects with USAGE where a format has no way to write one of the values. */
export async function formatCredentials(format: Format, {credentials, accountId, region}: Formatted): Promise<string> {
  if (format === 'process') return processDocument(credentials, accountId)
  // Every call of an AWS tool wants the document; the shells' own formats are loaded by those who use a shell.
  const {writers} = await import('./writers.ts')
  const {credentialVariables, staleVariable} = await import('./variables.ts')
  return writers[format]({
    set: [...credentialVariables(credentials, accountId), ...(region?.set ?? [])],
    unset: [staleVariable, ...(region?.unset ?? [])],
  })
}
