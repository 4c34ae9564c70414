import {existsSync} from 'node:fs'
import {readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {hookWith, plantPlugin} from '../support/planted-plugin.ts'
import {root} from '../support/sandbox.ts'
import {useScene} from '../support/scene.ts'

const role = 'arn:aws:iam::123456789012:role/developer'
const provider = {strategy: 'oidc', issuer: 'https://sso.example.com', clientId: 'aws-oidc'}

describe('Completion', () => {
  const scene = useScene()

  /** The candidates for the last word, as fish gets them. */
  async function candidates(...words: readonly string[]): Promise<readonly string[]> {
    const ended = await scene.home.run(['autocomplete', 'words', 'fish', 'aws-oidc', ...words])
    expect(ended).to.include({exitCode: 0, stderr: ''})
    const [kind, ...lines] = ended.stdout.split('\n').slice(0, -1)
    expect(kind ?? 'words').to.equal('words')
    return lines.map(line => line.split('\t')[0] ?? '')
  }

  it('offers commands, those of oclif too, and the commands of a topic', async () => {
    expect(await candidates('')).to.include.members(['creds', 'profiles', 'help', 'plugins', 'version'])
    expect(await candidates('cache', '')).to.have.members(['clear', 'info'])
    expect(await candidates('plugins', '')).to.include.members(['install', 'uninstall'])
    expect(await candidates('plugins', '')).not.to.include('add')
    expect(await candidates('nonsense', '')).to.deep.equal([])
  })

  it('offers flags that are still possible', async () => {
    const all = await candidates('login', '--')
    expect(all).to.include.members(['--profile', '--provider', '--if-needed', '--no-browser', '--json', '--help'])
    const after = await candidates('login', '--profile', 'developer', '--')
    expect(after).not.to.include.oneOf(['--profile', '--provider', '--all'])
    expect(await candidates('login', '--provider', 'sandbox', '--')).not.to.include.oneOf(['--profile', '--all'])
    expect(await candidates('profiles', 'add', 'x', '--provider', 'sandbox', '--')).to.include('--provider')
    expect(await candidates('login', '-')).to.include.members(['-p', '-h', '--help'])
  })

  it('offers the roles of the named provider, and no value twice', async () => {
    await scene.home.writeConfig(
      JSON.stringify({
        providers: {corp: {...provider, defaultRole: `${role}-of-corp`}, other: provider},
        profiles: {
          developer: {provider: 'corp', role},
          admin: {source: 'developer', role: `${role}-admin`},
          elsewhere: {provider: 'other', role: `${role}-elsewhere`, region: 'eu-west-1'},
        },
      }),
    )
    const ofCorp = [role, `${role}-admin`, `${role}-of-corp`]
    expect(await candidates('creds', '--provider', 'corp', '--role', '')).to.have.members(ofCorp)
    expect(await candidates('creds', '--provider', 'other', '--role', '')).to.deep.equal([`${role}-elsewhere`])
    expect(await candidates('creds', '--role', '')).to.have.members([...ofCorp, `${role}-elsewhere`])
    expect(await candidates('exec', '--region', '')).to.deep.equal(['eu-west-1'])
    expect(await candidates('profiles', 'sync', 'developer', '')).to.have.members(['admin', 'elsewhere'])
    expect(await candidates('profiles', 'add', 'x', '--provider', 'corp', '--provider', '')).to.deep.equal(['other'])
    expect(await candidates('profiles', 'add', 'x', '--source=')).to.include('--source=developer')
  })

  it('offers no names where a new name is to be typed', async () => {
    expect(await candidates('setup', '--profile', '')).to.deep.equal([])
    expect(await candidates('setup', '--provider', '')).to.deep.equal([])
    expect(await candidates('profiles', 'add', '')).to.deep.equal([])
  })

  it('offers no name that holds control characters, or would be taken for a flag', async () => {
    const names = ['--debug', 'a\u001b[2Jb', 'c\nd', 'e\u202ef', 'fine']
    const profiles = Object.fromEntries(names.map(name => [name, {provider: 'corp', role}]))
    await scene.home.writeConfig(JSON.stringify({providers: {corp: provider}, profiles}))
    expect(await candidates('creds', '-p', '')).to.deep.equal(['fine'])
  })

  for (const [state, text] of [
    ['does not parse', 'profiles: ['],
    ['is invalid', 'profiles: {developer: {provider: nobody}}'],
    ['is empty', ''],
  ] as const) {
    it(`offers no values and says nothing while the configuration ${state}`, async () => {
      await scene.home.writeConfig(text)
      expect(await candidates('creds', '-p', '')).to.deep.equal([])
    })
  }

  it('knows the commands and strategies of plugins by their manifests, without running any of their code', async () => {
    const mark = join(scene.home.folder, 'ran')
    const marking = `import fs from 'node:fs'; fs.writeFileSync(${JSON.stringify(mark)}, '')`
    const commands = {
      'ping:all': {
        id: 'ping:all',
        summary: 'Ping all.',
        flags: {profile: {name: 'profile', char: 'p', type: 'option'}, loud: {name: 'loud', type: 'boolean'}},
        args: {},
      },
    }
    await plantPlugin(scene.home, {
      hook: marking + hookWith({}),
      manifest: {
        oclif: {
          commands: './commands',
          hooks: {'aws-oidc:strategies': './strategies.js', init: './init.js'},
          topics: {ping: {description: 'pings'}},
        },
      },
      files: {
        'init.js': marking,
        'commands/ping/all.js': marking,
        'oclif.manifest.json': JSON.stringify({version: '1.0.0', commands}),
      },
    })
    await plantPlugin(scene.home, {
      name: 'aws-oidc-bare',
      hook: marking,
      manifest: {oclif: {commands: './commands'}, 'aws-oidc': {apiVersion: 1, strategies: ['ping', 'No Id']}},
      files: {'commands/bare.js': marking},
    })
    expect(await candidates(''))
      .to.include('ping')
      .and.not.include('bare')
    expect(await candidates('ping', '')).to.deep.equal(['all'])
    expect(await candidates('ping', 'all', '--')).to.have.members(['--profile', '--loud', '--help'])
    expect(await candidates('ping', 'all', '-p', '')).to.have.members(['developer', 'admin'])
    expect(await candidates('setup', '--strategy', ''))
      .to.include.members(['oidc', 'saml2', 'ping'])
      .and.not.include('No Id')
    expect(await candidates('plugins', 'uninstall', '')).to.have.members(['aws-oidc-ping', 'aws-oidc-bare'])
    expect(existsSync(mark)).to.equal(false)
  })

  it('sends no request and writes nothing', async () => {
    const before = await readdir(scene.home.folder, {recursive: true})
    for (const words of [[''], ['creds', '-p', ''], ['creds', '--role', ''], ['login', '--provider', '']]) {
      expect(await candidates(...words)).not.to.deep.equal([])
    }
    expect(await readdir(scene.home.folder, {recursive: true})).to.deep.equal(before)
    expect(await scene.sandbox.journal()).to.deep.equal([])
  })

  it('says what to type in the current shell, or in another', async () => {
    for (const [shell, line] of [
      ['/bin/bash', 'eval "$(aws-oidc autocomplete script bash)"'],
      ['/usr/bin/zsh', 'eval "$(aws-oidc autocomplete script zsh)"'],
      ['/usr/local/bin/fish', 'aws-oidc autocomplete script fish | source'],
    ] as const) {
      expect((await scene.home.run(['autocomplete'], {SHELL: shell})).stdout).to.include(`\n    ${line}\n`)
    }
    const powershell = 'aws-oidc autocomplete script powershell | Out-String | Invoke-Expression'
    const inPowershell = {SHELL: '/bin/bash', PSModulePath: '/opt/powershell/Modules'}
    expect((await scene.home.run(['autocomplete'], inPowershell)).stdout).to.include(powershell)
    expect((await scene.home.run(['autocomplete', 'powershell'], {SHELL: '/bin/bash'})).stdout).to.include(powershell)
    const {exitCode, stderr} = await scene.home.run(['autocomplete'], {SHELL: '/usr/bin/nu'})
    expect(exitCode).to.equal(2)
    expect(stderr).to.include('Try: aws-oidc autocomplete bash')
  })

  for (const [shell, file] of [
    ['bash', 'complete.bash'],
    ['zsh', 'complete.zsh'],
    ['fish', 'complete.fish'],
    ['powershell', 'complete.ps1'],
  ] as const) {
    it(`prints the script for ${shell}`, async () => {
      const {stdout} = await scene.home.run(['autocomplete', 'script', shell])
      expect(stdout).to.equal(await readFile(join(root, 'bin', file), 'utf8'))
    })
  }

  it('answers PowerShell in ASCII, each word quoted as PowerShell requires', async () => {
    const names = ['plain', 'two words', "it's", 'it\u2019s', '日本', '$(touch pwned)', '@splat']
    const profiles = Object.fromEntries(names.map(name => [name, {provider: 'corp', role}]))
    await scene.home.writeConfig(JSON.stringify({providers: {corp: provider}, profiles}))
    const asked = Buffer.from(['aws-oidc', 'creds', '-p', ''].join('\n')).toString('base64')
    const {stdout} = await scene.home.run(['autocomplete', 'words', 'powershell', asked])
    expect(stdout).to.match(/^[\x20-\x7e]*\n$/)
    const words: readonly {text: string; list: string; tip: string}[] = JSON.parse(stdout).words
    const quoted = ['plain', "'two words'", "'it''s'", "'it\u2019\u2019s'", "'日本'", "'$(touch pwned)'", "'@splat'"]
    expect(words.map(({text}) => text)).to.deep.equal(quoted)
    expect(words.map(({list}) => list)).to.deep.equal(names)
    expect(words[0]?.tip).to.equal(role)
  })
})
