import type {Dependencies} from '../credentials/dependencies.ts'
import {expectedFailure} from '../errors.ts'
import {type Back, back} from '../terminal/dialogue.ts'
import {type KnownStrategy, knownStrategy} from './draft.ts'
import {told} from './questions.ts'

type BuiltIn = readonly string[]

/** Asks how to sign in until the answer is a usable strategy. Offers to install a strategy's missing plugin. */
export async function askStrategy(
  usual: string | undefined,
  builtIn: BuiltIn,
  deps: Pick<Dependencies, 'registry' | 'installPlugin' | 'signal' | 'tell' | 'dialogue'>,
): Promise<KnownStrategy | Back> {
  for (;;) {
    const answer = await deps.dialogue.choose('How do you sign in there?', await choicesOf(deps), usual)
    if (answer === back) return back
    const chosen = answer === '' ? await fromAnyPlugin(builtIn, deps) : await usableStrategy(answer, builtIn, deps)
    if (chosen) return chosen
  }
}

/** A strategy, after installing its plugin if that is missing; `undefined` after reporting a failure. */
export async function usableStrategy(
  id: string,
  builtIn: BuiltIn,
  deps: Pick<Dependencies, 'registry' | 'installPlugin' | 'signal' | 'tell' | 'dialogue'>,
): Promise<KnownStrategy | undefined> {
  const missing = deps.registry.installable().find(({strategy}) => strategy === id)
  const there = missing === undefined || (await install(missing.plugin, builtIn, deps))
  return there ? knownStrategy(id, deps).catch((error: unknown) => told(error, deps)) : undefined
}

async function choicesOf({registry}: Pick<Dependencies, 'registry'>) {
  const here = registry.strategies().map(async id => ({label: `${id}: ${await summaryOf(id)}`, value: id}))
  const offered = registry
    .installable()
    .map(({strategy, plugin}) => ({label: `${strategy}: ${plugin}, installed if you agree`, value: strategy}))
  return [...(await Promise.all(here)), ...offered, {label: 'another one, from a plugin', value: ''}]

  async function summaryOf(id: string): Promise<string> {
    const summary = await registry.strategySummary(id).catch((error: unknown) => expectedFailure(error)?.message)
    return summary ?? 'a plugin that fails'
  }
}

async function fromAnyPlugin(
  builtIn: BuiltIn,
  deps: Pick<Dependencies, 'registry' | 'installPlugin' | 'signal' | 'tell' | 'dialogue'>,
): Promise<KnownStrategy | undefined> {
  const plugin = await deps.dialogue.text('The plugin: its name, the path of its tarball, or an address', {
    check: name => (name === '' ? 'This is required.' : undefined),
  })
  const installed = plugin === back ? undefined : await install(plugin, builtIn, deps)
  const [only, ...others] = installed?.strategies ?? []
  if (only !== undefined && others.length === 0) return usableStrategy(only, builtIn, deps)
  if (installed && only === undefined) deps.tell(`${installed.name} provides no way to sign in.`)
  return undefined
}

async function install(
  plugin: string,
  builtIn: BuiltIn,
  deps: Pick<Dependencies, 'installPlugin' | 'signal' | 'tell' | 'dialogue'>,
) {
  const {dialogue, tell} = deps
  try {
    const installed = await deps.installPlugin({plugin, builtIn}, async () => {
      const answer = await dialogue.choose('Install it? It will run with all your rights.', [
        {label: 'Yes', value: true},
        {label: 'No', value: false},
      ])
      return answer === true
    })
    tell(installed ? `Installed ${installed.name} ${installed.version}.` : `${plugin} was not installed.`)
    return installed
  } catch (error) {
    return told(error, deps)
  }
}
