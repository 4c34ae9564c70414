import {join} from 'node:path'
import {whyNoKeyring, whyNothingKept} from '../cache/choice.ts'
import {noteBookAt} from '../cache/note.ts'
import {expectedFailure} from '../errors.ts'
import {when} from '../formats/when.ts'
import {isSet} from '../host/interactive.ts'
import type {CacheHome} from '../plugin.ts'
import {parseObject} from '../text/json.ts'
import {type Check, type CheckContext, count, either, type Finding, failed, found, type Looked} from './check.ts'

export const secretChecks: readonly Check[] = [
  {area: 'Secrets', name: 'the cache', look: lookAtCache},
  {area: 'Secrets', name: 'the keyring', look: lookAtKeyring},
  {area: 'Secrets', name: 'what rests unsealed', look: lookAtEntries},
]

// The keyring's item with the key that seals the entries of the cache `keyring`.
const keyItem = 'cache-key'

async function lookAtCache(context: CheckContext): Promise<Looked> {
  const {deps, outside} = context
  const wanted = wantedCache(context)
  if (wanted === 'auto') {
    const missing = whyNotKept(context)
    if (missing === undefined) return found()
    const what = `${missing} Nothing is kept when a command ends, so each command needs a sign-in.`
    const mend = outside.places.cache ? 'export AWS_OIDC_CACHE=file' : 'export XDG_CACHE_HOME=/path/to/a/folder'
    return found({id: 'cache.nothing-kept', severity: 'note', what, mend})
  }
  try {
    await deps.registry.cache(wanted, homeOf(context))
    return either([], `cache "${wanted}": ${await deps.registry.cacheSummary(wanted)}`)
  } catch (error) {
    const failure = expectedFailure(error)
    if (!failure) throw error
    const where = outside.env.AWS_OIDC_CACHE ? 'AWS_OIDC_CACHE' : '"cache" in the configuration'
    return found({...failed('cache.unusable', 'error', failure), what: `${where}: ${failure.message}`})
  }
}

async function lookAtKeyring(context: CheckContext): Promise<Looked> {
  const {outside, inspection} = context
  const wanted = wantedCache(context)
  const strict = wanted === 'keyring'
  if (!strict && (wanted !== 'auto' || whyNotKept(context) !== undefined)) return found()
  const agree = strict
    ? 'Set "cache: file", which stores plain text.'
    : 'Set "cache: file" in the configuration to agree.'
  const exists = async (path: string) => (await inspection.look(path)) !== undefined
  const missing = await whyNoKeyring({home: outside, platform: outside.platform, exists})
  if (missing !== undefined) {
    const what = strict
      ? `${missing} "cache: keyring" can't work here.`
      : `${missing} Credentials and tokens are stored in plain text.`
    return found({id: 'keyring.absent', severity: strict ? 'error' : 'note', what, mend: agree})
  }
  try {
    await outside.unattendedKeyring.get(keyItem)
  } catch (error) {
    const failure = expectedFailure(error)
    if (!failure) throw error
    const ending = strict ? '' : ' Until then, credentials and tokens are stored in plain text.'
    const what = `${failure.message}${ending}`
    return found({id: 'keyring.unusable', severity: strict ? 'error' : 'warning', what, mend: failure.hint})
  }
  const findings = [await lostKey(context), strict ? undefined : await failedBefore(context)]
  return either(
    findings.filter(finding => finding !== undefined),
    'the keyring answers',
  )
}

/** Reports entries that were sealed with a key which is no longer in the keyring. */
async function lostKey(context: CheckContext): Promise<Finding | undefined> {
  const sealed = (await entriesOf(context)).filter(({enc}) => enc === 'A256GCM')
  if (sealed.length === 0) return undefined
  const cache = await context.deps.registry.cache('keyring', homeOf(context))
  const opened = await Promise.all(sealed.map(({key}) => cache.read(key)))
  const lost = opened.filter(entry => entry === undefined).length
  if (lost === 0) return undefined
  const what = `${count(lost, 'cache entry').replace(/entrys$/, 'entries')} can't be opened: their key is no longer in the keyring.`
  return {id: 'keyring.key-lost', severity: 'warning', what, mend: 'aws-oidc login'}
}

/** Reports a keyring failure since it last worked: it may answer now, and still fail when something is stored. */
async function failedBefore({outside, deps}: CheckContext): Promise<Finding | undefined> {
  const {cacheNote} = outside.places
  const read = async () => (cacheNote === undefined ? undefined : outside.files.readText(cacheNote))
  const {failure} = await noteBookAt({read, write: async () => undefined}).read()
  if (!failure) return undefined
  const at = when(failure.at, deps.clock.now())
  const what = `The keyring failed at ${at}, so what was stored since is in plain text: ${failure.reason}`
  return {id: 'keyring.failed', severity: 'warning', what, mend: 'aws-oidc login'}
}

async function lookAtEntries(context: CheckContext): Promise<Looked> {
  const wanted = wantedCache(context)
  const plain = (await entriesOf(context)).filter(({enc}) => enc === 'none')
  if (plain.length === 0 || (wanted !== 'auto' && wanted !== 'keyring')) return found()
  const what = `${count(plain.length, 'secret')} in plain text, readable by you only, in ${directoryOf(context)}.`
  return wanted === 'keyring'
    ? found({id: 'secrets.unsealed', severity: 'warning', what, mend: 'aws-oidc cache clear'})
    : found({id: 'secrets.unsealed', severity: 'note', what, mend: 'Set "cache: file" in the configuration to agree.'})
}

function wantedCache({outside: {env}, configuration}: CheckContext): string {
  return env.AWS_OIDC_CACHE || (configuration?.cache ?? 'auto')
}

function whyNotKept(context: CheckContext): string | undefined {
  return whyNothingKept(directoryOf(context), isSet(context.outside.env.CI))
}

function directoryOf({outside}: CheckContext): string {
  return outside.places.entries ?? ''
}

interface Entry {
  readonly enc: unknown
  readonly key: string
}

/** The unexpired entries, by the fields that are not encrypted. */
async function entriesOf(context: CheckContext): Promise<readonly Entry[]> {
  const {inspection, outside, deps} = context
  const directory = directoryOf(context)
  const names = (await inspection.list(directory)).filter(name => /^[0-9a-f]{64}\.json$/.test(name))
  const texts = await Promise.all(
    names.map(name => outside.files.readText(join(directory, name)).catch(() => undefined)),
  )
  return texts.flatMap(text => {
    const {enc, key, exp} = parseObject(text ?? '')
    const lasts = typeof exp === 'number' && exp * 1000 > deps.clock.now().getTime()
    return lasts && typeof key === 'string' ? [{enc, key}] : []
  })
}

/** Enough to read from a cache; nothing is ever written. */
function homeOf(context: CheckContext): CacheHome {
  const {deps, outside, signal} = context
  return {
    directory: directoryOf(context),
    log: deps.log,
    interactive: false,
    signal,
    env: outside.env,
    keyring: outside.unattendedKeyring,
    exclusively: work => work(),
  }
}
