import {resolve} from 'node:path'
import {AwsOidcError} from '../errors.ts'

/** Where a plugin is to come from, as npm and oclif's list of plugins write it. */
export type PluginSource =
  | {readonly kind: 'registry'; readonly name: string; readonly spec: string; readonly tag: string}
  | {readonly kind: 'elsewhere'; readonly spec: string}

/** Parses what the user typed: a name with or without a version, the path of a tarball, or an address. Throws USAGE. */
export function readPluginSource(text: string): PluginSource {
  if (text === '' || text.startsWith('-')) throw new AwsOidcError('USAGE', `"${text}" names no plugin.`)
  if (/\.(tgz|tar\.gz)$/.test(text) && !/^[a-z+]+:\/\//.test(text)) {
    return {kind: 'elsewhere', spec: `file:${resolve(text.replace(/^file:/, ''))}`}
  }
  if (/^(\.{0,2}[/\\]|file:|[A-Za-z]:\\)/.test(text)) {
    throw new AwsOidcError('USAGE', `${text} is not a tarball.`, {
      hint: `aws-oidc plugins link ${text.replace(/^file:/, '')}`,
    })
  }
  const [, name, tag = 'latest'] = /^((?:@[\w.-]+\/)?[\w.-]+)(?:@(.+))?$/.exec(text) ?? []
  return name === undefined ? {kind: 'elsewhere', spec: text} : {kind: 'registry', name, spec: `${name}@${tag}`, tag}
}
