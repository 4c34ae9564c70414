import {rm} from 'node:fs/promises'
import {join} from 'node:path'
import {finds, type Illness} from '../support/doctor.ts'
import {listPlugins} from '../support/listed-plugins.ts'
import {hookWith, plantPlugin} from '../support/planted-plugin.ts'
import {useScene} from '../support/scene.ts'

const hook = hookWith({})
const plugins: readonly Illness[] = [
  {
    id: 'plugin.absent',
    severity: 'warning',
    when: 'whose files were deleted by hand',
    async make({home}) {
      await listPlugins(home, [{name: 'aws-oidc-ping', type: 'user'}])
    },
    says: /aws-oidc-ping is installed, but its files are gone/,
    mend: /^aws-oidc plugins install aws-oidc-ping$/,
  },
  {
    id: 'plugin.absent',
    severity: 'warning',
    when: 'that is linked to a folder that is gone',
    async make({home}) {
      await plantPlugin(home, {hook})
      await rm(join(home.folder, 'plugins'), {recursive: true})
    },
    says: /aws-oidc-ping is linked to \S+\/plugins\/aws-oidc-ping, where there is no plugin/,
    mend: /^aws-oidc plugins unlink aws-oidc-ping \(or, where it is now: aws-oidc plugins link FOLDER\)$/,
  },
  {
    id: 'plugin.declares',
    severity: 'warning',
    when: 'that declares further plugins',
    make: ({home}) => plantPlugin(home, {hook, manifest: {oclif: {plugins: ['aws-oidc-inner']}}}),
    says: /aws-oidc-ping should not be used: it declares further plugins \(aws-oidc-inner\)/,
    mend: /^aws-oidc plugins unlink/,
  },
  {
    id: 'plugin.declares',
    severity: 'warning',
    when: 'that names a strategy against the contract',
    make: ({home}) => plantPlugin(home, {hook, manifest: {'aws-oidc': {apiVersion: 1, strategies: ['OIDC']}}}),
    says: /aws-oidc-ping should not be used: it provides the strategy "OIDC", but an id is made of lower-case letters/,
    mend: /^aws-oidc plugins unlink/,
  },
  {
    id: 'plugin.unfit',
    severity: 'warning',
    when: 'that needs a newer aws-oidc',
    make: ({home}) => plantPlugin(home, {hook, manifest: {engines: {'aws-oidc': '>=2'}}}),
    says: /aws-oidc-ping can't be used: it needs aws-oidc >=2; this is 1\.0\.0/,
    mend: /^git pull && npm ci && npm run build \(in \/.+\)$/,
  },
  {
    id: 'plugin.unfit',
    severity: 'warning',
    when: 'that was built for another contract',
    make: ({home}) => plantPlugin(home, {hook, manifest: {'aws-oidc': {apiVersion: 0, strategies: ['ping']}}}),
    says: /built for version 0 of the contract; this is version 1/,
    mend: /^aws-oidc plugins unlink aws-oidc-ping$/,
  },
  {
    id: 'plugin.node',
    severity: 'warning',
    when: 'that needs another Node',
    make: ({home}) => plantPlugin(home, {hook, manifest: {engines: {node: '>=99'}}}),
    says: /aws-oidc-ping needs Node >=99; this is 24\./,
    mend: /^aws-oidc plugins unlink/,
  },
  {
    id: 'plugin.manifest',
    severity: 'warning',
    when: 'that has commands but no manifest',
    make: ({home}) => plantPlugin(home, {hook, manifest: {oclif: {commands: './commands'}}}),
    says: /aws-oidc-ping has commands but no oclif\.manifest\.json/,
    mend: /^aws-oidc plugins unlink/,
  },
  {
    id: 'plugin.browser',
    severity: 'note',
    when: 'whose strategies would have a browser driven',
    make: ({home}) => plantPlugin(home, {hook, files: {'dist/portal.js': 'host.samlFromBrowser(start)'}}),
    says: /^aws-oidc 1\.0\.0 can't drive a browser yet: the strategies of aws-oidc-ping that call samlFromBrowser will fail\.$/,
    mend: /^Use another strategy/,
  },
  {
    id: 'plugin.not-allowed',
    severity: 'note',
    when: 'that the configuration does not list',
    async make({home}) {
      await plantPlugin(home, {hook})
      await home.configure({top: {plugins: {allow: ['aws-oidc-keycloak']}}})
    },
    says: /aws-oidc-ping is installed but not used: "plugins\.allow"/,
    mend: /^aws-oidc plugins uninstall aws-oidc-ping$/,
  },
  {
    id: 'plugin.pinned',
    severity: 'warning',
    when: 'that is not the one which was pinned',
    async make({home}) {
      await plantPlugin(home, {hook})
      await home.configure({top: {plugins: {allow: {'aws-oidc-ping': {version: '0.9.0'}}}}})
    },
    says: /aws-oidc-ping is installed but not used: "plugins\.allow" .* pins aws-oidc-ping to 0\.9\.0/,
    mend: /^aws-oidc plugins install aws-oidc-ping@0\.9\.0$/,
  },
]

describe('doctor, for plugins,', () => finds(useScene(), plugins))
