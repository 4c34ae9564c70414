import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {type Answers, ask, awsClients, explicitClients, impatientClient} from '../support/aws-clients.ts'
import {type AwsTools, useAwsTools, type Variables} from '../support/aws-tools.ts'
import {isRunning} from '../support/machine.ts'
import {browse} from '../support/sign-in.ts'
import {until} from '../support/until.ts'

const account = 'arn:aws:sts::123456789012:assumed-role'
const identities = {
  developer: `${account}/developer/alice@example.com`,
  admin: `${account}/admin/alice@example.com`,
  switched: `${account}/admin/by-the-tool`,
} as const

for (const client of awsClients) {
  describe(`${client.name} with aws-oidc as credential_process`, () => {
    const tools = useAwsTools()

    for (const profile of ['developer', 'admin'] as const) {
      it(`is the role of the profile ${profile} after one sign-in`, async () => {
        expectIdentity(await ask(client, tools, {profile}), profile)
        expect(await tools.sandbox.signIns()).to.equal(1)
        expect(await tools.starts(), 'starts of aws-oidc').to.have.length(1)
      })

      it(`opens no browser and needs no sign-in for the profile ${profile} once there are credentials`, async () => {
        await ask(client, tools, {profile})
        await tools.sandbox.reset()
        expectIdentity(await ask(client, tools, {profile, calls: 3}), profile)
        const seen = (await tools.sandbox.journal()).map(({kind, action}) => `${kind} ${action}`)
        expect([...new Set(seen)]).to.deep.equal(['sts GetCallerIdentity'])
        expect(await tools.starts(), 'starts of aws-oidc').to.have.length(2)
      })
    }

    if (client.switchesInTheSandbox) {
      it('switches to a role by source_profile itself', async () => {
        expectIdentity(await ask(client, tools, {profile: 'switched'}), 'switched')
        expect(await tools.sandbox.signIns()).to.equal(1)
        expect(await tools.starts(), 'starts of aws-oidc').to.have.length(1)
      })
    }

    it('needs one sign-in for twenty that start at once', async () => {
      const answers = await ask(client, tools, {profile: 'developer', atOnce: 20})
      expectIdentity(answers, 'developer')
      expect(answers.arns).to.have.length(20)
      expect(await browsersOpened(tools)).to.equal(1)
      expect(await tools.sandbox.signIns()).to.equal(1)
      expect(await tools.starts(), 'starts of aws-oidc').to.have.length(20)
    })

    it('shows a refused sign-in as far as it shows any, and opens no second browser', async () => {
      const deny = () => ask(client, tools, {profile: 'developer', env: {SANDBOX_USER: 'deny'}})
      expectRefusal(await deny(), client.showsRefusal)
      expect(await tools.starts(), 'starts of aws-oidc').to.have.length(client.startsPerFailure)
      expectFailure(await deny())
      expect(await browsersOpened(tools)).to.equal(1)
    })

    it('opens no second browser after Ctrl-C during a sign-in', async () => {
      await tools.leaveSignInsAlone()
      const [abandoned] = client.start(tools, {profile: 'developer'})
      await until('a browser was opened', async () => (await tools.opened()).length === 1)
      abandoned?.signal('SIGINT', 'all')
      await abandoned?.ended
      const [start] = await tools.starts()
      await until('aws-oidc has ended', () => !isRunning(start?.pid))
      expectFailure(await ask(client, tools, {profile: 'developer'}))
      expect(await tools.opened()).to.have.length(1)
    })

    it('is served by the sign-in that a killed one has left waiting', async () => {
      await tools.leaveSignInsAlone()
      const [killed] = client.start(tools, {profile: 'developer'})
      await until('a browser was opened', async () => (await tools.opened()).length === 1)
      killed?.signal('SIGKILL', 'it alone')
      const second = client.start(tools, {profile: 'developer'})
      await until('aws-oidc was started again', async () => (await tools.starts()).length === 2)
      const [address] = await tools.opened()
      if (address) await browse(address)
      expectIdentity(client.read(await Promise.all(second.map(({ended}) => ended))), 'developer')
      expect(await tools.opened()).to.have.length(1)
    })

    it('leaves the whole input of its pipe to the program', async () => {
      const script = 'seq 20000 | { "$@"; code=$?; cat >"$HOME/rest"; exit $code; }'
      const piped = (program: string, args: readonly string[], env?: Variables) =>
        tools.start('/bin/sh', ['-c', script, 'sh', program, ...args], env)
      expectIdentity(await ask(client, {...tools, start: piped}, {profile: 'developer'}), 'developer')
      const all = Array.from({length: 20_000}, (_, index) => `${index + 1}\n`).join('')
      expect((await readFile(join(tools.home.folder, 'rest'), 'utf8')) === all, 'all of it').to.equal(true)
    })
  })
}

describe('The AWS clients together', () => {
  const tools = useAwsTools()

  it('need one sign-in when all of them start at once, with a role and with a chained one', async () => {
    const both = awsClients.flatMap(client =>
      (['developer', 'admin'] as const).map(async profile =>
        expectIdentity(await ask(client, tools, {profile}), profile),
      ),
    )
    await Promise.all(both)
    expect(await browsersOpened(tools)).to.equal(1)
    expect(await tools.sandbox.signIns()).to.equal(1)
  })

  it('lose only the call when one times out before the user has signed in', async () => {
    await tools.leaveSignInsAlone()
    const [impatient] = impatientClient.start(tools, {profile: 'developer'})
    await until('a browser was opened', async () => (await tools.opened()).length === 1)
    const [start] = await tools.starts()
    await until('the shell around aws-oidc was killed', () => !isRunning(start?.parent))
    expect(isRunning(start?.pid), 'aws-oidc lives on').to.equal(true)
    const [address] = await tools.opened()
    if (address) await browse(address)
    const ending = await impatient?.ended
    expectRefusal(impatientClient.read(ending ? [ending] : []), impatientClient.showsRefusal)
    await until('aws-oidc has ended', () => !isRunning(start?.pid))
    expect(await tools.sandbox.signIns()).to.equal(1)
    await tools.sandbox.reset()
    const patient = awsClients.filter(({name}) => name === impatientClient.name)
    for (const client of patient) expectIdentity(await ask(client, tools, {profile: 'developer'}), 'developer')
    expect(await tools.starts(), 'starts of aws-oidc').to.have.length(2)
    expect((await tools.sandbox.journal()).map(({action}) => action)).to.deep.equal(['GetCallerIdentity'])
    expect(await tools.opened()).to.have.length(1)
  })

  for (const client of explicitClients) {
    it(`show why a sign-in failed and what to type: ${client.name}`, async () => {
      const answers = await ask(client, tools, {profile: 'developer', env: {SANDBOX_USER: 'deny'}})
      expectRefusal(answers, client.showsRefusal)
      expect(await tools.starts(), 'starts of aws-oidc').to.have.length(1)
    })
  }
})

function expectIdentity({arns, errors, exitCode, stderr}: Answers, profile: keyof typeof identities): void {
  expect({errors, exitCode}, stderr).to.deep.equal({errors: [], exitCode: 0})
  expect([...new Set(arns)]).to.deep.equal([identities[profile]])
}

function expectRefusal(answers: Answers, shown: RegExp): void {
  expectFailure(answers)
  expect(answers.errors[0]).to.match(shown)
}

function expectFailure({arns, errors, exitCode}: Answers): void {
  expect(arns).to.deep.equal([])
  expect(errors).to.have.length(1)
  expect(exitCode).to.be.greaterThan(0)
}

/** How often a browser came to the provider. */
async function browsersOpened({sandbox}: AwsTools): Promise<number> {
  return (await sandbox.journal()).filter(({kind}) => kind === 'authorization').length
}
