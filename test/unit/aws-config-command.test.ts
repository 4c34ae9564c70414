import {spawnSync} from 'node:child_process'
import {expect} from 'chai'
import {commandLine, splitCommandLine} from '../../src/aws-config/command-line.ts'
import {originOf} from '../../src/aws-config/own-profile.ts'
import {readSharedFile} from '../../src/aws-config/read.ts'

const args = ['creds', '--provider', 'corp & co', '--role', 'arn:aws:iam::123456789012:role/a+b=c,d.@-e']
const posixPrograms = ['/usr/bin/node', "/home/o'neil/#1 *?[x] ~/{a,b}/<no>|de;&(1)!/node", '/büro/nöde']
const windowsProgram = 'C:\\Program Files (x86)\\no & de^!\\node.exe'

describe('the line of a credential_process', () => {
  it('is quoted only where needed, and never begins with a quote, which Go would strip', () => {
    const lineOf = (program: readonly string[], name: string) =>
      commandLine(program, ['creds', '--profile', name], 'linux')
    expect(lineOf(['/opt/node', '/opt/run.js'], 'a/b@c')).to.equal('/opt/node /opt/run.js creds --profile a/b@c')
    expect(lineOf(['/opt/node'], '50%')).to.equal('/opt/node creds --profile 50%')
    expect(lineOf(['/my programs/node', '/my programs/run.js'], 'a b')).to.equal(
      '/"my programs/node" "/my programs/run.js" creds --profile "a b"',
    )
  })

  it('has no quotes on Windows where nothing needs them, because Go fails to start a quoted program there', () => {
    const program = [String.raw`C:\PROGRA~1\nodejs\node.exe`, String.raw`C:\npm\node_modules\aws-oidc\bin\run.js`]
    expect(commandLine(program, ['creds', '--profile', 'dev'], 'win32')).to.equal(
      String.raw`C:\PROGRA~1\nodejs\node.exe C:\npm\node_modules\aws-oidc\bin\run.js creds --profile dev`,
    )
  })

  it('reaches the program unchanged through sh -c, as the SDKs start it', () => {
    for (const program of posixPrograms) {
      const line = commandLine(
        [process.execPath, '-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '--'],
        [program, ...args],
        'linux',
      )
      const {stdout, stderr} = spawnSync('sh', ['-c', line], {encoding: 'utf8'})
      expect(JSON.parse(stdout), stderr).to.deep.equal([program, ...args])
    }
  })

  it('has nothing outside quotes that cmd.exe would interpret, and nothing anywhere that it would replace', () => {
    const line = commandLine([windowsProgram, 'C:\\aws-oidc\\bin\\run.js'], args, 'win32')
    expect(line.replaceAll(/"[^"]*"/g, '')).to.match(/^[\w@+=:,./\\ -]*$/)
    expect(line).to.not.include('%')
  })

  it('can be split again into its original arguments', () => {
    for (const program of posixPrograms) {
      expect(splitCommandLine(commandLine([program], args, 'linux'), 'linux')).to.deep.equal([program, ...args])
    }
    expect(splitCommandLine(commandLine([windowsProgram], args, 'win32'), 'win32')).to.deep.equal([
      windowsProgram,
      ...args,
    ])
    expect(splitCommandLine(String.raw`a\ b 'c d'"e \" f" \g`, 'linux')).to.deep.equal(['a b', 'c de " f', 'g'])
    expect(splitCommandLine('a "b', 'linux')).to.equal(undefined)
  })

  for (const [platform, parts] of [
    ['linux', ['/a$b', '/a`b', '/a"b', '/a\\b', '/a\nb']],
    ['win32', ['C:\\%PATH%\\x', 'C:\\a\\', 'C:\\山田\\x']],
  ] as const) {
    it(`is not written where ${platform} would change it`, () => {
      for (const part of parts)
        expect(() => commandLine([part], [], platform), part).to.throw('a shell would change it')
    })
  }
})

describe('a profile of the AWS tools', () => {
  const ownScript = '/src/clone/bin/run.js'
  const kind = (name: string, lines: string, platform: NodeJS.Platform = 'linux') => {
    const [section] = readSharedFile('config', 'config', `[profile ${name}]\n${lines}`).sections
    return section && originOf(section, ownScript, platform)?.kind
  }

  it('is ours where it calls our program for the profile of its name, wherever that is installed', () => {
    for (const program of [
      'aws-oidc',
      '/usr/local/bin/aws-oidc',
      '"/opt/node 24/bin/node" "/opt/lib/node_modules/aws-oidc/bin/run.js"',
      `/usr/bin/node ${ownScript}`,
    ]) {
      expect(kind('dev', `credential_process = ${program} creds --profile dev`), program).to.equal('profile')
    }
    const windows = String.raw`"C:\Program Files\nodejs\node.exe" "C:\npm\node_modules\aws-oidc\bin\run.js"`
    expect(kind('dev', `credential_process = ${windows} creds --profile dev`, 'win32')).to.equal('profile')
  })

  it('is not ours where it was copied, calls another program or has arguments that we would not write', () => {
    for (const line of [
      'credential_process = aws-oidc creds --profile other',
      'credential_process = aws-oidc creds --profile dev --duration 12h',
      'credential_process = aws-oidc creds',
      'credential_process = aws-oidc',
      'credential_process = aws-oidc-wrapper creds --profile dev',
      'credential_process = node /elsewhere/bin/run.js creds --profile dev',
      'credential_process = node',
      'credential_process = "aws-oidc creds --profile dev',
      'credential_process = aws-oidc creds --provider corp --role x',
      'role_arn = x\nsource_profile = y',
      'role_arn = x\naws_oidc_profile = other',
      'aws_oidc_profile = dev',
    ]) {
      expect(kind('dev', line), line).to.equal(undefined)
    }
  })

  it('that calls aws-oidc without a profile is recognized by its aws_oidc_profile', () => {
    expect(
      kind('dev', 'credential_process = aws-oidc creds --provider corp --role x\naws_oidc_profile = dev'),
    ).to.equal('role')
    expect(kind('dev', 'role_arn = x\nsource_profile = y\naws_oidc_profile = dev')).to.equal('switch')
  })
})
