import type {Configuration, Interactive} from '../config/schema.ts'
import type {Asking} from '../credentials/dependencies.ts'
import {mayAsk, nobodyBecause, type Surroundings} from '../host/interactive.ts'
import type {Outside} from '../outside/outside.ts'
import type {Ask} from '../plugin.ts'
import {promptsOn} from '../terminal/prompts.ts'

/** What the command line says about the whole call. */
export interface Choices {
  readonly interactive: Interactive | undefined
  /** Whether to sign in with a browser and open it, or only show its address; `undefined` if no flag says. */
  readonly browser: boolean | undefined
  /** Whether a sign-in with a code is wanted. */
  readonly device: boolean
  readonly debug: boolean
  /** Whether the user typed a command whose purpose is to be asked, such as `login`. */
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

/** Questions until the signal aborts. They are drawn on stderr and answered on stdin. */
export function questionsOn(
  {stdinIsTerminal, stderrIsTerminal, promptStreams}: Outside['terminal'],
  signal: AbortSignal,
): Ask {
  return promptsOn(promptStreams, signal, stdinIsTerminal && stderrIsTerminal)
}

/** AWS_OIDC_BROWSER and BROWSER name a program that gets the address as its one argument. */
export function programFrom(env: Outside['env']): readonly [string] | undefined {
  const program = env.AWS_OIDC_BROWSER || env.BROWSER
  return program ? [program] : undefined
}
