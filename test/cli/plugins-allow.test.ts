import {expect} from 'chai'
import {codeRun, plantCommand} from '../support/commanding-plugin.ts'
import {useScene} from '../support/scene.ts'

describe('a plugin with commands that "plugins.allow" does not list', () => {
  const scene = useScene()
  const allow = (...names: readonly string[]) => scene.home.configure({top: {plugins: {allow: names}}})

  beforeEach(() => plantCommand(scene.home))
  afterEach(() => expect(codeRun(scene.home)).to.deep.equal([]))

  it('has a command that is refused by the name of the plugin', async () => {
    await allow('aws-oidc-other')
    expect(await scene.home.run(['ping', 'now', '--loud'])).to.deep.include({exitCode: 2, stdout: ''})
    const {stderr} = await scene.home.run(['ping'])
    expect(stderr).to.include('does not list aws-oidc-ping. It has the command "ping".')
    expect(stderr).to.include('Add "aws-oidc-ping" to "plugins: {allow: [...]}".')
  })

  it('is not loaded for help, for a command that nobody has, or for a version', async () => {
    await allow()
    const help = await scene.home.run(['help'])
    expect(help).to.include({exitCode: 0, stderr: ''})
    expect(help.stdout).to.include('creds').and.not.to.include('ping')
    expect((await scene.home.run(['--help'])).stdout).to.equal(help.stdout)
    expect((await scene.home.run(['help', 'ping'])).exitCode).not.to.equal(0)
    expect(await scene.home.run(['nonsense'])).to.include({exitCode: 2})
    expect(await scene.home.run(['version'])).to.include({exitCode: 0})
    expect(await scene.home.run(['--version'])).to.include({exitCode: 0})
  })

  it('is not completed, and can be completed where it is to be removed', async () => {
    const candidates = async (...words: readonly string[]) =>
      (await scene.home.run(['autocomplete', 'words', 'fish', 'aws-oidc', ...words])).stdout
    expect(await candidates('')).to.match(/^ping\t/m)
    await allow('aws-oidc-other')
    expect(await candidates(''))
      .to.match(/^creds\t/m)
      .and.not.match(/^ping\t/m)
    expect(await candidates('plugins', 'uninstall', '')).to.include('aws-oidc-ping')
  })

  it('is named by the list of plugins, and by the doctor as not used', async () => {
    await allow('aws-oidc-other')
    const {exitCode, stdout, stderr} = await scene.home.run(['plugins'])
    expect(exitCode).to.equal(0)
    expect(stdout).not.to.include('aws-oidc-ping')
    expect(stderr).to.equal(
      `The plugin aws-oidc-ping is installed but not used: "plugins.allow" in ${scene.home.folder}/.config/aws-oidc/config.yaml does not list aws-oidc-ping.\nTry: Add "aws-oidc-ping" to "plugins: {allow: [...]}".\n`,
    )
    expect((await scene.home.run(['doctor'])).stdout).to.include('aws-oidc-ping is installed but not used')
  })

  it('stays unused while the configuration is broken, and no plugin needs it to be removed', async () => {
    await scene.home.writeConfig('plugins: {alow: [aws-oidc-ping]}')
    const help = await scene.home.run(['help'])
    expect(help.exitCode).to.equal(0)
    expect(help.stdout).to.include('creds').and.not.to.include('ping')
    expect(help.stderr).to.match(/^Warning: No plugin is used: .*config\.yaml:1:11: .*alow/)
    const refused = await scene.home.run(['ping'])
    expect(refused).to.include({exitCode: 2, stdout: ''})
    expect(refused.stderr).to.include('config.yaml:1:11')
    expect(await scene.home.run(['plugins'])).to.include({exitCode: 0})
    expect(await scene.home.run(['plugins', 'uninstall', 'aws-oidc-ping'])).to.include({exitCode: 0, stderr: ''})
    expect(await scene.home.run(['help'])).to.include({exitCode: 0, stderr: ''})
  })
})

describe('a plugin with commands that "plugins.allow" lists', () => {
  const scene = useScene()

  it('has its commands, and its own hooks around them', async () => {
    await plantCommand(scene.home)
    await plantCommand(scene.home, {name: 'other'})
    await scene.home.configure({top: {plugins: {allow: ['aws-oidc-pin*']}}})
    expect(await scene.home.run(['ping'])).to.include({exitCode: 0, stdout: 'pong\n', stderr: ''})
    expect(codeRun(scene.home)).to.deep.equal(
      ['command', 'finally', 'init', 'postrun', 'prerun'].map(of => `ping-${of}`),
    )
    expect((await scene.home.run(['help'])).stdout)
      .to.include('Answers ping.')
      .and.not.to.include('other')
  })
})
