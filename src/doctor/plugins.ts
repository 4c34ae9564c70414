import {join} from 'node:path'
import {printable} from '../errors.ts'
import {allowsPlugin} from '../registry/allowed.ts'
import {installedPlugins} from '../registry/installed.ts'
import {updateOf} from '../registry/ours.ts'
import {type InstalledPackage, whyUnfit} from '../registry/registry.ts'
import {parseObject, readObject} from '../text/json.ts'
import {type Check, type CheckContext, either, type Finding, type Looked} from './check.ts'

export const pluginChecks: readonly Check[] = [{area: 'Plugins', name: 'the plugins', look}]

async function look(context: CheckContext): Promise<Looked> {
  const {dataFolder, outside} = context
  const list = await outside.files.readText(join(dataFolder, 'package.json')).catch(() => undefined)
  const {plugins} = readObject(parseObject(list ?? '').oclif)
  const named = (Array.isArray(plugins) ? plugins : []).flatMap(entry => {
    const {name = entry} = readObject(entry)
    return typeof name === 'string' ? [name] : []
  })
  const installed = await installedPlugins(dataFolder, outside.files)
  const absent = named.filter(name => installed.every(plugin => plugin.name !== name))
  const findings = await Promise.all(installed.map(plugin => examinePlugin(plugin, context)))
  const words = installed.map(({name, manifest}) => `${name} ${printable(String(manifest.version), 30)}`)
  return either([...absent.map(absentPlugin), ...findings.flat()], ...(words.length > 0 ? [words.join(', ')] : []))
}

function absentPlugin(name: string): Finding {
  const what = `The plugin ${name} is installed, but its files are gone.`
  return {id: 'plugin.absent', severity: 'warning', what, mend: `aws-oidc plugins install ${name}`}
}

async function examinePlugin(
  {name, root, manifest, linked}: InstalledPackage,
  {own, outside, inspection, configuration}: CheckContext,
): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  const update = linked ? `aws-oidc plugins unlink ${name}` : 'aws-oidc plugins update'
  const unfit = await whyUnfit(manifest, String(own.manifest.version))
  if (unfit) {
    const mend = unfit.newer ? updateOf(own) : update
    findings.push({
      id: 'plugin.unfit',
      severity: 'warning',
      what: `The plugin ${name} can't be used: ${unfit.text}.`,
      mend,
    })
  }
  const {node} = readObject(manifest.engines)
  const {satisfies} = (await import('semver')).default
  if (typeof node === 'string' && !satisfies(inspection.nodeVersion, node, {includePrerelease: true})) {
    const what = `The plugin ${name} needs Node ${printable(node, 50)}; this is ${inspection.nodeVersion}.`
    findings.push({id: 'plugin.node', severity: 'warning', what, mend: update})
  }
  const hasCommands = readObject(manifest.oclif).commands !== undefined
  if (hasCommands && (await outside.files.readText(join(root, 'oclif.manifest.json'))) === undefined) {
    const what = `The plugin ${name} has commands but no oclif.manifest.json, so help leaves them out, and each loads all of them.`
    findings.push({id: 'plugin.manifest', severity: 'warning', what, mend: update})
  }
  if (configuration && !allowsPlugin(configuration.allowedPlugins, name)) {
    const what = `The plugin ${name} is installed but not used: "plugins.allow" in ${configuration.path} does not list it.`
    findings.push({id: 'plugin.not-allowed', severity: 'note', what, mend: `aws-oidc plugins uninstall ${name}`})
  }
  return findings
}
