const decisiveVariables = [
  'HOME',
  'XDG_CONFIG_HOME',
  'XDG_CACHE_HOME',
  'XDG_DATA_HOME',
  'AWS_OIDC_DATA_DIR',
  'AWS_OIDC_CONFIG_FILE',
  'AWS_OIDC_CACHE',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_ENDPOINT_URL_STS',
  'AWS_CA_BUNDLE',
  'CI',
] as const

/** Decide where a pointer leads: whether there is a keyring, and where Windows has its folders. */
const placeVariables = [
  'DBUS_SESSION_BUS_ADDRESS',
  'XDG_RUNTIME_DIR',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
] as const

/**
 * Line 1 of a hot copy and of a pointer: the format, the bin/run.js that wrote the file, the profile, and then the
 * values of these variables, on which a call depends besides its arguments. Any change here needs a new format.
 *
 * The readers import nothing, so the build hands them this: bin/run.js as dist/bundle/caller-lines.json, and
 * bin/launcher.sh filled in.
 */
export const callerLines = {
  hotCopy: {format: 'aws-oidc 2', variables: decisiveVariables},
  pointer: {format: 'aws-oidc pointer 1', variables: [...decisiveVariables, ...placeVariables]},
} as const
