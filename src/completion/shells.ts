/** The shells that we complete in. */
export const completedShells = ['bash', 'zsh', 'fish', 'powershell'] as const
export type CompletedShell = (typeof completedShells)[number]

interface SetUp {
  /** What the user types, or puts into a start file of the shell. */
  readonly line: string
  /** The start file for this line, as a user would name it. */
  readonly file: string
  /** The name of the script in bin/. */
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

/** The user's shell, as far as the environment tells; it may be one without completion. */
export function usualShell(env: Readonly<Record<string, string | undefined>>, platform: NodeJS.Platform): string {
  // On other systems only PowerShell sets PSModulePath, whatever SHELL says about the login shell.
  if (env.PSModulePath && (platform !== 'win32' || !env.SHELL)) return 'powershell'
  return /([^/\\]+?)(\.exe)?$/.exec(env.SHELL ?? '')?.[1] ?? ''
}
