import type {SetupDependencies} from '../credentials/dependencies.ts'
import {AwsOidcError} from '../errors.ts'
import {type Back, back} from '../terminal/dialogue.ts'
import {type Draft, existingIn, type KnownStrategy, knownStrategy, problemOfProviderName} from './draft.ts'
import {answersIn, type Entry} from './existing.ts'
import type {Field} from './fields.ts'
import {givenAnswers, possibleFields, requiredFields} from './given.ts'
import {askField, mayChange, textOf, told} from './questions.ts'
import type {SetupRequest} from './result.ts'
import {askStrategy, usableStrategy} from './strategy.ts'
import {type Watch, watchIssuer} from './watch.ts'

/** The questions about a provider, with the answers so far. */
export interface Form {
  /** Asks the required questions in turn. A later call begins with the last of them. */
  fill(): Promise<Draft>
  /** Lets the user set or change anything, until they want to go on. */
  review(): Promise<Draft | Back>
}

interface Step {
  readonly name: string
  ask(): Promise<Back | undefined>
}

export async function formFor(request: SetupRequest, deps: SetupDependencies): Promise<Form> {
  const {dialogue, configuration, tell} = deps
  const answers = new Map<string, unknown>()
  const secrets = new Map<string, string>()
  let provider = request.provider
  let existing: Entry | undefined
  let nameSaid = false
  let chosen: (KnownStrategy & {readonly watch: Watch}) | undefined
  let filled = false
  let strategySaid = false
  let given = givenAnswers([], [])
  // The step whose answer last changed the issuer: it is asked again if the issuer's metadata can't be used.
  let issuerStep: string | undefined

  function choose(known: KnownStrategy): void {
    if (chosen?.id === known.id) return
    given = givenAnswers(request.set, known.fields)
    answers.clear()
    const before = existing ? answersIn(existing, {...known, specs: known.strategy.settings}, tell) : []
    for (const [name, value] of [...before, ...given.answers]) answers.set(name, value)
    chosen = {...known, watch: watchIssuer(known.strategy, deps)}
  }

  function draft(): Draft {
    if (!chosen || provider === undefined) throw new Error('a draft has a name and a strategy')
    return {provider, existing, strategy: chosen.id, fields: chosen.fields, answers, secrets}
  }

  async function askName(): Promise<Back | undefined> {
    const answer = await dialogue.text('Name for this provider', {
      default: provider ?? 'corp',
      check: problemOfProviderName,
    })
    if (answer === back) return back
    return (await takeName(answer)) ? undefined : askName()
  }

  /** Takes the name; `false` if it is in use and the user does not want to change that provider. */
  async function takeName(name: string): Promise<boolean> {
    const there = existingIn(configuration.providers, name)
    if (there && !request.replace && !(await mayChange(`a provider "${name}"`, deps))) return false
    const before = chosen
    if (there && there !== existing) chosen = undefined
    provider = name
    existing = there
    if (strategySaid && before) choose(before)
    return true
  }

  async function askForStrategy(): Promise<Back | undefined> {
    const answer = await askStrategy(chosen?.id ?? request.strategy ?? strategyOf(existing), request.builtIn, deps)
    if (answer === back) return back
    take(answer)
    return undefined
  }

  function take(known: KnownStrategy): void {
    choose(known)
    for (const problem of given.problems) tell(problem)
  }

  /** Takes the strategy of the command line after installing its plugin. If that fails, the user is asked for one. */
  async function installSaid(id: string): Promise<void> {
    const known = await usableStrategy(id, request.builtIn, deps)
    strategySaid = known !== undefined
    if (known) take(known)
  }

  async function answer(field: Field, required: boolean): Promise<Back | undefined> {
    const given = await askField(field, draft(), required, deps)
    if (given === back) return back
    if (given.kind === 'none') answers.delete(field.name)
    else answers.set(field.name, given.value)
    if (given.kind === 'value' && given.secret) secrets.set(...given.secret)
    look(field.name)
    return undefined
  }

  function look(step: string | undefined): void {
    if (chosen?.watch.look(draft())) issuerStep = step
  }

  function steps(): readonly Step[] {
    const fields = chosen ? requiredFields(chosen.strategy.settings, chosen.fields, answers) : []
    return [
      ...(nameSaid ? [] : [{name: '', ask: askName}]),
      ...(strategySaid ? [] : [{name: '', ask: askForStrategy}]),
      ...fields
        .filter(({name}) => !given.answers.has(name))
        .map(field => ({name: field.name, ask: () => answer(field, true)})),
    ]
  }

  /** The step to ask again because the issuer's metadata can't be used. Throws the problem if no step led there. */
  function discovered(): number | undefined {
    const problem = chosen?.watch.problem()
    if (!problem) return undefined
    const at = steps().findIndex(({name}) => name !== '' && name === issuerStep)
    if (at < 0) throw problem
    told(problem, deps)
    return at
  }

  if (provider !== undefined) {
    const problem = problemOfProviderName(provider)
    if (problem !== undefined) throw new AwsOidcError('USAGE', problem, {hint: '--provider NAME'})
  }
  const {installable} = deps.registry
  if (provider !== undefined) existing = existingIn(configuration.providers, provider)
  if (request.strategy !== undefined && !installable().some(({strategy}) => strategy === request.strategy)) {
    choose(await knownStrategy(request.strategy, deps))
    strategySaid = true
  }
  if (given.problems.length > 0) {
    throw new AwsOidcError('USAGE', given.problems, {hint: 'aws-oidc setup --help'})
  }

  return {
    async fill() {
      if (!filled && provider !== undefined) nameSaid = await takeName(provider)
      if (request.strategy !== undefined && !chosen) await installSaid(request.strategy)
      let at = filled ? steps().length - 1 : 0
      for (;;) {
        const step = steps()[at]
        if (!step && chosen) {
          look(undefined)
          await chosen.watch.settled()
        }
        const again = discovered()
        if (again !== undefined) at = again
        else if (!step) break
        else at = (await step.ask()) === back ? Math.max(0, at - 1) : at + 1
      }
      filled = true
      return draft()
    },

    async review() {
      const go = {label: 'Continue: sign in to try it', value: undefined}
      for (;;) {
        if (!chosen) throw new Error('what is reviewed has a strategy')
        const {strategy, fields, watch} = chosen
        const required = new Set(requiredFields(strategy.settings, fields, answers))
        const changes = possibleFields(strategy.settings, fields, answers).map(field => ({
          label: labelOf(field, answers.get(field.name)),
          value: field,
        }))
        const next = await dialogue.choose('Anything else to set or change?', [go, ...changes])
        if (next === back) return back
        if (!next) return draft()
        await answer(next, required.has(next))
        await watch.settled()
        const problem = watch.problem()
        if (problem) told(problem, deps)
      }
    },
  }
}

function strategyOf(entry: Entry | undefined): string | undefined {
  return entry && String(entry.strategy)
}

function labelOf({name, spec}: Field, value: unknown): string {
  return value === undefined ? `${name} (${spec.description})` : `${name} = ${textOf(value)}`
}
