import {AwsOidcError, expectedFailure, printable} from '../errors.ts'
import {readDate, readObject, readTexts} from '../text/json.ts'
import {writingInto} from './folder.ts'
import type {InstallDependencies} from './install.ts'
import {accountOf, type Offered, readOffered} from './offered.ts'

/** By this keyword in its package.json a plugin is found. */
const keyword = 'aws-oidc-plugin'

/** For each one npm is started, one after the other. */
const most = 10

/** A package at the registry that calls itself a plugin. */
export interface FoundPlugin {
  readonly name: string
  readonly version: string
  readonly publisher?: string
  /** When its latest version was published. */
  readonly published?: Date
  /** What it brings; absent if the registry does not tell. */
  readonly brings?: Pick<Offered, 'strategies' | 'caches' | 'commands' | 'hooks'>
}

type SearchDependencies = Pick<InstallDependencies, 'dataFolder' | 'files' | 'npm' | 'npmOptions' | 'log'>

/**
 * The plugins at npm's registry that match all words, the best ten. Nothing of them is downloaded: what they bring is
 * read from the registry's metadata. Rejects with UNAVAILABLE if the registry can't be searched.
 */
export async function searchPlugins(
  words: readonly string[],
  deps: SearchDependencies,
): Promise<readonly FoundPlugin[]> {
  const {dataFolder, files} = deps
  const wrong = words.find(word => word.startsWith('-'))
  if (wrong !== undefined) throw new AwsOidcError('USAGE', `"${printable(wrong, 100)}" is no word to search for.`)
  await writingInto(dataFolder, () => files.makePrivateFolder(dataFolder))
  const answer = await search(words, deps)
  // A registry other than npm's may not know how to search for a keyword, and answer with what else matches.
  const hits = answer.map(readObject).filter(({keywords}) => readTexts(keywords).includes(keyword))
  const found: FoundPlugin[] = []
  for (const hit of hits.filter(isPackage).slice(0, most)) found.push(await describe(hit, deps))
  return found
}

async function search(
  words: readonly string[],
  {npm, npmOptions, dataFolder}: SearchDependencies,
): Promise<readonly unknown[]> {
  try {
    const args = ['search', `--searchlimit=${most * 2}`, ...words, `keywords:${keyword}`]
    const answer = await npm.run(args, dataFolder, npmOptions)
    return Array.isArray(answer) ? answer : []
  } catch (error) {
    // npm says that there is no such package if the registry has no such address.
    if (expectedFailure(error)?.code !== 'USAGE') throw error
    throw new AwsOidcError('UNAVAILABLE', "npm's registry here has no search.", {
      hint: 'AWS_OIDC_NPM_REGISTRY=https://registry.npmjs.org/ aws-oidc plugins search',
      cause: error,
    })
  }
}

interface Hit {
  readonly name: string
  readonly version: string
  readonly publisher?: unknown
  readonly date?: unknown
}

/** They become arguments of npm, and a hit may be called anything. */
function isPackage(hit: Readonly<Record<string, unknown>>): hit is Readonly<Record<string, unknown>> & Hit {
  const {name, version} = hit
  const isName = typeof name === 'string' && name.length <= 214 && /^(@[\w.-]+\/)?\w[\w.-]*$/.test(name)
  return isName && typeof version === 'string' && version.length <= 100 && /^\d[\w.+-]*$/.test(version)
}

async function describe(
  {name, version, ...hit}: Hit,
  {npm, npmOptions, dataFolder, log}: SearchDependencies,
): Promise<FoundPlugin> {
  const facts = await npm.run(['view', `${name}@${version}`], dataFolder, npmOptions).catch((error: unknown) => {
    const failure = expectedFailure(error)
    if (!failure || npmOptions.signal.aborted) throw error
    log.debug(`the registry does not say what ${name} brings: ${failure.message}`)
    return undefined
  })
  const offered = facts === undefined ? undefined : readOffered(facts)
  const publisher = offered?.publisher ?? accountOf(hit.publisher)
  const published = offered?.published ?? readDate(hit.date)
  return {
    name,
    version,
    ...(publisher !== undefined && {publisher}),
    ...(published && {published}),
    ...(offered && {brings: bringing(offered)}),
  }
}

function bringing({strategies, caches, commands, hooks}: Offered) {
  return {strategies, caches, commands, hooks}
}
