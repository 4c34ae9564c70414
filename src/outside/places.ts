import {homedir} from 'node:os'
import {isAbsolute, join} from 'node:path'

/** The folders of this program. A folder is `undefined` where the machine offers no place for it. */
export interface Places {
  readonly home: string | undefined
  readonly configFile: string | undefined
  readonly cache: string | undefined
  readonly data: string | undefined
}

type Env = Readonly<Record<string, string | undefined>>

/**
 * XDG on Linux, the platform's own folders elsewhere.
 * https://specifications.freedesktop.org/basedir-spec/latest/ : a relative path in an XDG variable is ignored.
 */
export function findPlaces(env: Env, platform: NodeJS.Platform): Places {
  const home = findHome()
  const under = (...parts: string[]) => (home === undefined ? undefined : join(home, ...parts))
  const named = (name: string) => {
    const value = env[name]
    return value !== undefined && isAbsolute(value) ? value : undefined
  }
  const folder = (base: string | undefined, ...parts: string[]) =>
    base === undefined ? undefined : join(base, ...parts)

  const config = {
    darwin: folder(named('XDG_CONFIG_HOME') ?? under('Library', 'Preferences'), 'aws-oidc'),
    win32: folder(named('APPDATA') ?? under('AppData', 'Roaming'), 'aws-oidc'),
    linux: folder(named('XDG_CONFIG_HOME') ?? under('.config'), 'aws-oidc'),
  }
  const cache = {
    darwin: folder(named('XDG_CACHE_HOME') ?? under('Library', 'Caches'), 'aws-oidc'),
    win32: folder(named('LOCALAPPDATA') ?? under('AppData', 'Local'), 'aws-oidc', 'Cache'),
    linux: folder(named('XDG_CACHE_HOME') ?? under('.cache'), 'aws-oidc'),
  }
  const data = {
    darwin: folder(named('XDG_DATA_HOME') ?? under('Library', 'Application Support'), 'aws-oidc'),
    win32: folder(named('LOCALAPPDATA') ?? under('AppData', 'Local'), 'aws-oidc', 'Data'),
    linux: folder(named('XDG_DATA_HOME') ?? under('.local', 'share'), 'aws-oidc'),
  }
  const kind = platform === 'darwin' || platform === 'win32' ? platform : 'linux'
  return {
    home,
    configFile: env.AWS_OIDC_CONFIG_FILE || folder(config[kind], 'config.yaml'),
    cache: cache[kind],
    data: data[kind],
  }
}

// What Debian gives users without a home, and bin/run.js those without a passwd entry.
const noHome = '/nonexistent'

/** In a container started with an arbitrary user id there is neither HOME nor a passwd entry, and `homedir` throws. */
function findHome(): string | undefined {
  try {
    const home = homedir()
    return isAbsolute(home) && home !== noHome ? home : undefined
  } catch {
    return undefined
  }
}
