import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {propertiesIn, readSharedFile} from '../../src/aws-config/read.ts'
import {refusedByBotocore} from '../../src/aws-config/refused.ts'
import {javascriptReader, judge, ownReader, playRound} from '../support/aws-config-rounds.ts'
import {startBotocore} from '../support/botocore-reader.ts'
import {seedsOf, usually} from '../support/rounds.ts'
import {root} from '../support/sandbox.ts'

describe('random edits of random AWS configuration files', () => {
  it('change the intended setting and nothing else, for our reader, botocore and the AWS SDK for JavaScript', async function () {
    const rounds = usually(1_000)
    this.timeout(rounds.count * 60)
    const botocore = startBotocore()
    const readers = {ours: ownReader, botocore: botocore.read, 'AWS SDK for JavaScript': javascriptReader}
    let [made, readable] = [0, 0]
    for (const seed of seedsOf(rounds)) {
      const round = playRound(seed)
      if (!round) continue
      await judge(round, readers)
      if (round.before === round.after) continue
      made++
      if (await botocore.read(round.after)) readable++
    }
    botocore.stop()
    const about = `of ${rounds.count} rounds from seed ${rounds.seed} on`
    expect(made, about).to.be.greaterThan(rounds.count * 0.5)
    expect(readable, `for botocore, ${about}`).to.be.greaterThan(rounds.count * 0.4)
  })
})

describe('botocore', () => {
  it('gives the keys under [DEFAULT] to every profile, and reads two such sections as one', async () => {
    const botocore = startBotocore()
    const text = '[DEFAULT]\nsso_session = x\n[profile a]\nregion = y\n[DEFAULT]\nmfa_serial = z\n'
    try {
      expect(await botocore.read(text)).to.deep.equal({a: {region: 'y', sso_session: 'x', mfa_serial: 'z'}})
      expect(refusedByBotocore(readSharedFile('config', 'config', text))).to.equal(undefined)
      const twice = '[DEFAULT]\nregion = x\n[DEFAULT]\nregion = y\n'
      expect(await botocore.read(twice)).to.equal(undefined)
      expect(refusedByBotocore(readSharedFile('config', 'config', twice))).to.include('line 4 repeats "region"')
    } finally {
      botocore.stop()
    }
  })
})

interface Case {
  readonly name: string
  readonly input: {readonly configFile?: string; readonly credentialsFile?: string}
  readonly output: {
    readonly config?: Readonly<
      Record<'profiles' | 'sso_sessions', Readonly<Record<string, Readonly<Record<string, string>>>>>
    >
    readonly errorContaining?: string
  }
}

const suite = join(root, '../shared/data/shared-config/profile-parser-tests.json')

describe('the grammar that the AWS SDKs share', () => {
  it('is ours, in each of the 65 cases of their suite', async function () {
    const text = await readFile(suite, 'utf8').catch(() => undefined)
    if (text === undefined) {
      process.stdout.write(`      left out: ${suite} is not there\n`)
      return this.skip()
    }
    const {tests} = JSON.parse(text) as {readonly tests: readonly Case[]}
    expect(tests).to.have.length(65)
    for (const {name, input, output} of tests) {
      const read = () => merged(input)
      if (output.errorContaining === undefined) expect(read(), name).to.deep.equal({sso_sessions: {}, ...output.config})
      else expect(read, name).to.throw(output.errorContaining)
    }
  })
})

/** Both files together; the credentials file wins. */
function merged({configFile = '', credentialsFile = ''}: Case['input']) {
  const config = readSharedFile('config', 'config', configFile)
  const profiles: Record<string, Record<string, string>> = {}
  for (const file of [config, readSharedFile('credentials', 'credentials', credentialsFile)]) {
    for (const [name, values] of propertiesIn(file)) profiles[name] = {...profiles[name], ...Object.fromEntries(values)}
  }
  const sessions = [...propertiesIn(config, 'sso-session')].map(([name, values]) => [name, Object.fromEntries(values)])
  return {profiles, sso_sessions: Object.fromEntries(sessions)}
}
