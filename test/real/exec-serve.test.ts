import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'chai'
import {longPrograms} from '../support/aws-clients.ts'
import {type Started, useAwsTools} from '../support/aws-tools.ts'
import {bin} from '../support/home.ts'
import {until} from '../support/until.ts'

// The shortest that is handed out at all: credentials in their last minute are not.
const sessionSeconds = 63
const developer = 'arn:aws:sts::123456789012:assumed-role/developer/alice@example.com'

describe('aws-oidc exec --serve', () => {
  const tools = useAwsTools()

  beforeEach(async () => {
    const folder = join(tools.home.folder, '.aws')
    const keys = 'aws_access_key_id = AKIAHOSTILEHOSTILE00\naws_secret_access_key = hostile\n'
    await mkdir(folder)
    await writeFile(join(folder, 'credentials'), `[default]\n${keys}`)
    await writeFile(join(folder, 'config'), `[default]\nregion = eu-north-1\n${keys}`)
    await tools.sandbox.steer('POST', '/lifetimes', {roleSessionSeconds: sessionSeconds})
    await tools.home.run(['creds', '--profile', 'developer'])
  })
  afterEach(() => tools.sandbox.steer('POST', '/lifetimes', {roleSessionSeconds: null}))

  function start(program: readonly string[], calls: number, ...flags: readonly string[]): Started {
    const args = [bin, 'exec', '--profile', 'developer', '--serve', ...flags, '--', ...program, String(calls), '1']
    const env = {AWS_CONFIG_FILE: '', WAIT_FOR: join(tools.home.folder, 'go-on')}
    return tools.start(process.execPath, args, env)
  }

  const count = async (action: string) =>
    (await tools.sandbox.journal()).filter(entry => entry.action === action && entry.outcome === 'ok').length

  // Real time, for once: the SDKs judge by the machine's clock when credentials have ended.
  it(`keeps ${Object.keys(longPrograms).join(', ')} going when their first credentials have expired`, async () => {
    const started = Object.entries(longPrograms).map(([name, program]) => ({name, ...start(program, 2)}))
    await until('all have called', async () => (await count('GetCallerIdentity')) === started.length)
    const end = Date.now() + sessionSeconds * 1000
    await until('what they began with has ended', () => Date.now() > end, 2 * sessionSeconds * 1000)
    await writeFile(join(tools.home.folder, 'go-on'), '')
    for (const {name, ended} of started) {
      const {stdout, stderr, exitCode} = await ended
      expect(JSON.parse(stdout), `${name}: ${stderr}`).to.deep.equal({arns: [developer, developer], errors: []})
      expect(exitCode).to.equal(0)
    }
    expect(await tools.sandbox.signIns()).to.equal(1)
  })

  for (const [name, program] of Object.entries(longPrograms)) {
    it(`leaves ${name} to the keys of [default] with --keep-aws-files`, async () => {
      const {stdout} = await start(program, 1, '--keep-aws-files').ended
      expect(JSON.parse(stdout)).to.deep.include({arns: []})
      expect(await count('GetCallerIdentity')).to.equal(0)
    })
  }
})
