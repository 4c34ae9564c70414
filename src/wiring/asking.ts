import type {Configuration, Interactive} from '../config/schema.ts'
import type {Asking} from '../credentials/dependencies.ts'
import {mayAsk, nobodyBecause, type Surroundings} from '../host/interactive.ts'
import type {Outside} from '../outside/outside.ts'

/** What was said on the command line that concerns the whole call. */
export interface Choices {
  readonly interactive: Interactive | undefined
  /** Whether a browser is wanted and may be opened, or its address only shown; `undefined` where nothing was said. */
  readonly browser: boolean | undefined
  /** Whether a sign-in with a code is wanted. */
  readonly device: boolean
  readonly debug: boolean
  /** Whether somebody typed a command whose purpose is to be asked. */
  readonly login: boolean
}

export function askingOf(choices: Choices, {interactive}: Configuration, around: Surroundings): Asking {
  const nobody = nobodyBecause(choices.interactive, interactive, around)
  return {
    interactive: nobody === undefined,
    nobody,
    ignoresBrake: choices.login || mayAsk(choices.interactive, interactive, around) === 'always',
    byLogin: choices.login,
    attended: around.stdinIsTerminal,
    mayRead: choices.login && around.stdinIsTerminal,
  }
}

/** AWS_OIDC_BROWSER and BROWSER name a program that gets the address as its one argument. */
export function programFrom(env: Outside['env']): readonly [string] | undefined {
  const program = env.AWS_OIDC_BROWSER || env.BROWSER
  return program ? [program] : undefined
}
