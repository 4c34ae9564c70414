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
  /** Assignments for the region's variables. The document of a credential_process has no place for a region. */
  readonly region?: Assignments
}

/** Credentials in a format. Rejects with USAGE if the format can't represent one of the values. */
export async function formatCredentials(format: Format, {credentials, accountId, region}: Formatted): Promise<string> {
  if (format === 'process') return processDocument(credentials, accountId)
  // Every call by an AWS tool needs the document, but only shells need the other formats, which are loaded on demand.
  const {writers} = await import('./writers.ts')
  const {credentialVariables, staleVariable} = await import('./variables.ts')
  return writers[format]({
    set: [...credentialVariables(credentials, accountId), ...(region?.set ?? [])],
    unset: [staleVariable, ...(region?.unset ?? [])],
  })
}
