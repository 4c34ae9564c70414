import type {AwsCredentials} from '../plugin.ts'
import {envLines} from './env.ts'
import {processDocument} from './process.ts'

export const formats = ['process', 'env'] as const
export type Format = (typeof formats)[number]

/** Credentials as the text of a format. */
export function formatCredentials(format: Format, credentials: AwsCredentials, accountId: string): string {
  switch (format) {
    case 'process':
      return processDocument(credentials, accountId)
    case 'env':
      return envLines(credentials)
  }
}
