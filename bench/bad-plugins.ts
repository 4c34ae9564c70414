import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {otherCalls, signIns} from '../test/support/bad-plugins/calls.ts'
import {atImport, inManifest, outOfBounds} from '../test/support/bad-plugins/loading.ts'

// The first one loops without end as soon as any of its code is loaded.
const {loops, ...others} = {...atImport, ...outOfBounds, ...inManifest, ...signIns, ...otherCalls}
const rows = [...(loops ? [loops] : []), ...Object.values(others)]

export const mostBadPlugins = rows.length

/** Puts so many of the bad plugins where npm installs plugins: beside a linked one, no call is served in advance. */
export function plantBadPlugins(data: string, count: number): void {
  const plugins = rows.slice(0, count).map(({plant: {hook, manifest}}, at) => {
    const name = `aws-oidc-bad-${at}`
    const root = join(data, 'node_modules', name)
    mkdirSync(root, {recursive: true})
    const declared = {apiVersion: 1, strategies: ['ping']}
    const hooks = {'aws-oidc:strategies': './strategies.js'}
    const usual = {name, version: '1.0.0', type: 'module', 'aws-oidc': declared, oclif: {hooks}}
    writeFileSync(join(root, 'package.json'), JSON.stringify({...usual, ...manifest}))
    writeFileSync(join(root, 'strategies.js'), hook)
    return {name, type: 'user', tag: 'latest'}
  })
  writeFileSync(join(data, 'package.json'), JSON.stringify({private: true, oclif: {schema: 1, plugins}}))
}
