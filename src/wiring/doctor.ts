import {readConfiguration} from '../config/read.ts'
import type {CheckContext} from '../doctor/check.ts'
import {AwsOidcError, expectedFailure} from '../errors.ts'
import {wayOut} from '../outside/network/proxy.ts'
import {problemOfAuthorities} from '../outside/network/trust.ts'
import type {Outside} from '../outside/outside.ts'
import type {Choices} from './asking.ts'
import {type Installation, wire} from './wire.ts'

/** The context of doctor's checks: complete even if the configuration is broken, and asking nobody. */
export async function checkContextOf(
  outside: Outside,
  installation: Installation,
  choices: Choices,
): Promise<CheckContext> {
  const {env, files, places} = outside
  const path = places.configFile ?? 'config.yaml'
  const {configuration, problem} = await readAsFarAsPossible(path, files)
  const saidOfTls = new Set<string>()
  const careful: Outside = {
    ...outside,
    // Other checks look at the caches.
    env: {...env, AWS_OIDC_CACHE: 'memory', AWS_OIDC_INTERACTIVE: 'never'},
    // Keep no parsed configuration.
    places: {...places, parsed: undefined},
    files: {...files, readGiven: async file => (problem && file === path ? undefined : files.readGiven(file))},
    readTls: (tls, reading) => outside.readTls(tls, {...reading, warn: text => void saidOfTls.add(text)}),
    keyring: outside.unattendedKeyring,
  }
  const {deps} = await wire(careful, installation, {...choices, interactive: 'never'})
  return {
    deps: {
      ...deps,
      notice: () => () => undefined,
      openBrowser: () => Promise.reject(new AwsOidcError('SIGN_IN_REQUIRED', 'The doctor opens no browser.')),
    },
    configuration,
    problem,
    providers: [],
    profiles: [],
    network: false,
    signal: deps.signal,
    outside,
    inspection: await outside.inspection(),
    ...installation,
    saidOfTls,
    proxyFor: url => wayOut(url, env),
    problemOfAuthorities,
  }
}

async function readAsFarAsPossible(
  path: string,
  {readGiven}: Outside['files'],
): Promise<Pick<CheckContext, 'configuration' | 'problem'>> {
  try {
    return {configuration: readConfiguration(path, await readGiven(path)), problem: undefined}
  } catch (error) {
    const problem = expectedFailure(error)
    if (!problem) throw error
    return {configuration: undefined, problem}
  }
}
