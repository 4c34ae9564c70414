import type {AwsConfiguration} from '../../src/outside/aws-configuration.ts'

/** The files of the AWS tools, in memory. */
export interface AwsFolder extends AwsConfiguration {
  config: string | undefined
  credentials: string | undefined
  /** The action of another program just before the next replacement. */
  meanwhile: (() => void) | undefined
  readonly backups: ReadonlyMap<string, string>
}

export const ownLine = (args: string) => `credential_process = /opt/node /opt/aws-oidc/bin/run.js ${args}`

export function makeAwsFolder(config?: string, credentials?: string): AwsFolder {
  const backups = new Map<string, string>()
  const nameOf = (path: string) => (path === '/aws/config' ? 'config' : 'credentials')
  const folder: AwsFolder = {
    config,
    credentials,
    meanwhile: undefined,
    backups,
    places: {config: '/aws/config', credentials: '/aws/credentials'},
    ownProgram: ['/opt/node', '/opt/aws-oidc/bin/run.js'],
    problem: undefined,
    platform: 'linux',
    resolve: async path => (path.startsWith('/opt/') ? path : undefined),
    files: {
      read: async path => folder[nameOf(path)],
      async replace(path, before, after, backup) {
        folder.meanwhile?.()
        folder.meanwhile = undefined
        if (folder[nameOf(path)] !== before) return 'changed'
        if (before !== undefined && !backups.has(backup)) backups.set(backup, before)
        folder[nameOf(path)] = after
        return 'replaced'
      },
    },
  }
  return folder
}
