import {stringify} from 'yaml'
import type {Ending, Home, Running} from './home.ts'
import {sandboxBin} from './sandbox.ts'
import {type Scene, useScene} from './scene.ts'

type Settings = Readonly<Record<string, unknown>>
type Variables = Readonly<Record<string, string | undefined>>

/** A scene whose provider `center` is the sandbox's instance of IAM Identity Center. */
export interface IdentityCenterScene extends Scene {
  /** The variables that lead to the instance. */
  readonly env: Variables
  /** Writes a configuration with these settings and profiles on top of the usual ones. */
  configure(more?: {readonly provider?: Settings; readonly profiles?: Settings; readonly top?: Settings}): Promise<void>
  run(args: readonly string[], env?: Variables): Promise<Ending>
  start(args: readonly string[], env?: Variables): Running
  /** How often an operation of the instance was asked for, and with which outcome. */
  outcomes(action: string): Promise<readonly string[]>
}

export const reading = {provider: 'center', role: '123456789012/ReadOnlyAccess', region: 'us-east-1'}

export function useIdentityCenterScene(): IdentityCenterScene {
  const scene = useScene()
  const env = (): Variables => {
    const {oidc, portal} = scene.sandbox.identityCenter
    return {AWS_ENDPOINT_URL_SSO_OIDC: oidc, AWS_ENDPOINT_URL_SSO: portal}
  }
  const all: IdentityCenterScene = {
    get sandbox() {
      return scene.sandbox
    },
    get home(): Home {
      return scene.home
    },
    get env() {
      return env()
    },
    async configure({provider, profiles, top} = {}) {
      const {startUrl, region} = scene.sandbox.identityCenter
      await scene.home.writeConfig(
        stringify({
          browser: [process.execPath, sandboxBin, 'browse'],
          cache: 'file',
          ...top,
          providers: {center: {strategy: 'identity-center', startUrl, region, ...provider}},
          profiles: {reading, ...profiles},
        }),
      )
    },
    run: (args, more) => scene.home.run(args, {...env(), ...more}),
    start: (args, more) => scene.home.start(args, {...env(), ...more}),
    outcomes: async action =>
      (await scene.sandbox.journal()).filter(entry => entry.action === action).map(({outcome}) => outcome),
  }
  beforeEach(() => all.configure())
  return all
}
