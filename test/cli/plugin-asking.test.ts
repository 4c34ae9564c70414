import {expect} from 'chai'
import {runAs, variablesOf} from '../support/machine.ts'
import {hookWith, plantPlugin} from '../support/planted-plugin.ts'
import {useScene} from '../support/scene.ts'

const creds = ['creds', '--profile', 'developer']

describe('a plugin that asks the user', () => {
  const scene = useScene()

  async function plantAsking(atSignIn: string): Promise<void> {
    await plantPlugin(scene.home, {hook: hookWith({atSignIn})})
    await scene.home.configure({provider: {strategy: 'ping'}})
  }

  const questions = {
    text: "await host.ask.text('Who are you?')",
    secret: "await host.ask.secret('Who are you?')",
    select: "await host.ask.select('Who are you?', [{label: 'alice', value: 1}, {label: 'bob', value: 2}])",
  }

  for (const [kind, question] of Object.entries(questions)) {
    it(`draws no question where nobody may be asked (${kind})`, async () => {
      await plantAsking(question)
      const {exitCode, stdout, stderr} = await scene.home.run(creds, {AWS_OIDC_INTERACTIVE: 'never'})
      expect({exitCode, stdout, stderr}).to.deep.equal({
        exitCode: 3,
        stdout: '',
        stderr:
          'Error: You need to sign in to sandbox. AWS_OIDC_INTERACTIVE is "never".\nTry: aws-oidc login --profile developer\n',
      })
    })

    it(`does not wait where stdin has ended (${kind})`, async () => {
      await plantAsking(question)
      const {exitCode, stdout, stderr} = await scene.home.run(creds)
      expect({exitCode, stdout}).to.deep.equal({exitCode: 3, stdout: ''})
      expect(stderr).to.include(
        'Error: You need to sign in to sandbox. The input ended before the question "Who are you?" was answered.\nTry: aws-oidc login --profile developer\n',
      )
    })
  }

  for (const [words, shell, exitCode] of [
    ['that ends without an answer leaves the user to sign in', 'true | "$@"', 3],
    ['that ends with an answer gives that answer', `printf 'alice\\n' | "$@"`, 0],
  ] as const) {
    it(`reads a pipe as it would a terminal: one ${words}`, async function () {
      if (process.platform === 'win32') this.skip()
      await plantAsking(`
        const answer = await host.ask.text('Who are you?')
        if (answer !== 'alice') throw host.error('SIGN_IN_REFUSED', 'Who is ' + answer + '?')`)
      const ended = await runAs(creds, {env: variablesOf(scene.home, scene.sandbox), shell})
      expect(ended.exitCode, ended.stderr).to.equal(exitCode)
    })
  }

  it('opens no listener where nobody may be asked', async () => {
    await plantAsking('const {url, received} = await host.listen(); host.log.warn(url.href); await received()')
    const {exitCode, stderr} = await scene.home.run(creds, {AWS_OIDC_INTERACTIVE: 'never'})
    expect({exitCode, stderr}).to.deep.equal({
      exitCode: 3,
      stderr:
        'Error: You need to sign in to sandbox. AWS_OIDC_INTERACTIVE is "never".\nTry: aws-oidc login --profile developer\n',
    })
  })

  it('by a listener counts as having asked: after two failures programs may not ask again', async () => {
    await plantAsking(
      "await host.listen(); const {received} = await host.listen(); void received().catch(() => {}); throw host.error('SIGN_IN_REFUSED', 'No.')",
    )
    const attended = {AWS_OIDC_INTERACTIVE: 'auto', DISPLAY: ':0'}
    expect(await scene.home.run(creds, attended)).to.include({exitCode: 4})
    const {exitCode, stderr} = await scene.home.run(creds, attended)
    expect(exitCode).to.equal(3)
    expect(stderr).to.include('The last sign-in failed; programs may ask again')
  })
})
