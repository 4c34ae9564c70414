import {join} from 'node:path'
import {printable} from '../errors.ts'
import {refusalOf} from '../registry/allowed.ts'
import {browserlessIn} from '../registry/browserless.ts'
import {misdeclaredIn, otherNodeOf, whyUnfit} from '../registry/declared.ts'
import {type ListedPlugin, listedPlugins} from '../registry/folder.ts'
import {knownPlugins} from '../registry/installed.ts'
import {updateOf} from '../registry/ours.ts'
import type {InstalledPackage} from '../registry/registry.ts'
import {readObject} from '../text/json.ts'
import {type Check, type CheckContext, either, type Finding, type Looked} from './check.ts'

export const pluginChecks: readonly Check[] = [{area: 'Plugins', name: 'the plugins', look}]

async function look(context: CheckContext): Promise<Looked> {
  const {dataFolder, outside} = context
  const listed = await listedPlugins(dataFolder, {
    readText: path => outside.files.readText(path).catch(() => undefined),
  })
  const pins = context.configuration ?? {pinnedPlugins: new Map()}
  const installed = await knownPlugins(dataFolder, pins, outside.files)
  const absent = listed.filter(({name}) => installed.every(plugin => plugin.name !== name))
  const findings = await Promise.all(installed.map(plugin => examinePlugin(plugin, context)))
  const words = installed.map(({name, manifest}) => `${name} ${printable(String(manifest.version), 30)}`)
  return either([...absent.map(absentPlugin), ...findings.flat()], ...(words.length > 0 ? [words.join(', ')] : []))
}

function absentPlugin({name, linked, root}: ListedPlugin): Finding {
  const [what, mend] = linked
    ? [
        `The plugin ${name} is linked to ${root ?? 'no folder'}, where there is no plugin.`,
        `aws-oidc plugins unlink ${name} (or, where it is now: aws-oidc plugins link FOLDER)`,
      ]
    : [`The plugin ${name} is installed, but its files are gone.`, `aws-oidc plugins install ${name}`]
  return {id: 'plugin.absent', severity: 'warning', what, mend}
}

async function examinePlugin(
  plugin: InstalledPackage,
  {own, outside, configuration}: CheckContext,
): Promise<readonly Finding[]> {
  const {name, root, manifest, linked} = plugin
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
  const node = await otherNodeOf(manifest, outside.nodeVersion)
  if (node !== undefined) {
    const what = `The plugin ${name} needs Node ${node}; this is ${outside.nodeVersion}.`
    findings.push({id: 'plugin.node', severity: 'warning', what, mend: update})
  }
  const wrong = misdeclaredIn(manifest)
  if (wrong !== undefined) {
    const what = `The plugin ${name} should not be used: ${wrong}.`
    findings.push({id: 'plugin.declares', severity: 'warning', what, mend: update})
  }
  const hasCommands = readObject(manifest.oclif).commands !== undefined
  if (hasCommands && (await outside.files.readText(join(root, 'oclif.manifest.json'))) === undefined) {
    const what = `The plugin ${name} has commands but no oclif.manifest.json, so help leaves them out, and each loads all of them.`
    findings.push({id: 'plugin.manifest', severity: 'warning', what, mend: update})
  }
  const browserless = await browserlessIn(plugin, {own, files: outside.files})
  if (browserless !== undefined) {
    const mend = 'Use another strategy, such as "oidc" or "saml2", until aws-oidc can.'
    findings.push({id: 'plugin.browser', severity: 'note', what: browserless, mend})
  }
  const refusal = configuration && refusalOf(plugin, configuration)
  if (refusal) {
    const isPinned = configuration.pinnedPlugins.has(name)
    const what = `The plugin ${name} is installed but not used: ${refusal.message}`
    findings.push(
      isPinned
        ? {id: 'plugin.pinned', severity: 'warning', what, mend: refusal.hint}
        : {id: 'plugin.not-allowed', severity: 'note', what, mend: `aws-oidc plugins uninstall ${name}`},
    )
  }
  return findings
}
