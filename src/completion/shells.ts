/** The shells for which there is completion. */
export const completedShells = ['bash', 'zsh', 'fish', 'powershell'] as const
export type CompletedShell = (typeof completedShells)[number]

interface SetUp {
  /** What a person types, or has their shell run at each start. */
  readonly line: string
  /** Where that stands, as a person names it. */
  readonly file: string
  /** The script, in bin/. */
  readonly script: string
}

export const setUps: Readonly<Record<CompletedShell, SetUp>> = {
  bash: {line: 'eval "$(aws-oidc autocomplete script bash)"', file: '~/.bashrc', script: 'complete.bash'},
  zsh: {line: 'eval "$(aws-oidc autocomplete script zsh)"', file: '~/.zshrc', script: 'complete.zsh'},
  fish: {
    line: 'aws-oidc autocomplete script fish | source',
    file: '~/.config/fish/config.fish',
    script: 'complete.fish',
  },
  powershell: {
    line: 'aws-oidc autocomplete script powershell | Out-String | Invoke-Expression',
    file: '$PROFILE',
    script: 'complete.ps1',
  },
}

/** The shell that somebody types in, as far as that can be told; it may be one without completion. */
export function usualShell(env: Readonly<Record<string, string | undefined>>, platform: NodeJS.Platform): string {
  // PowerShell alone has it on other systems, whatever SHELL says of the login.
  if (env.PSModulePath && (platform !== 'win32' || !env.SHELL)) return 'powershell'
  return /([^/\\]+?)(\.exe)?$/.exec(env.SHELL ?? '')?.[1] ?? ''
}
