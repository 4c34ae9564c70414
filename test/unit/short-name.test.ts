import {expect} from 'chai'
import {awsConfiguration} from '../../src/outside/aws-configuration.ts'
import {shortName} from '../../src/outside/processes/short-name.ts'

describe('The name of a program in a file of the AWS tools on Windows', () => {
  const short = String.raw`C:\PROGRA~1\nodejs\node.exe`
  const nobodyAsked = () => Promise.reject(new Error('asked'))

  it('is the full name where that is plain', async () => {
    expect(await shortName(String.raw`C:\npm\node.exe`, nobodyAsked)).to.equal(String.raw`C:\npm\node.exe`)
  })

  for (const path of [String.raw`C:\Program Files\nodejs\node.exe`, String.raw`C:\Users\山田\node.exe`]) {
    it(`is the 8.3 name for ${path}`, async () => {
      expect(await shortName(path, async () => `${short}\r\n`)).to.equal(short)
    })

    for (const [where, answer] of [
      ['the disk keeps no such names', async () => `${path}\r\n`],
      ['nothing comes back', async () => ''],
      ['cmd.exe fails', nobodyAsked],
    ] as const) {
      it(`stays ${path} where ${where}`, async () => {
        expect(await shortName(path, answer)).to.equal(path)
      })
    }
  }

  it('is used for our script', async () => {
    const script = String.raw`C:\Program Files\aws-oidc\bin\run.js`
    const aws = await awsConfiguration(script, {}, 'win32', undefined, async path =>
      path.replace('Program Files', 'PROGRA~1'),
    )
    expect(aws.ownProgram[1]).to.equal(String.raw`C:\PROGRA~1\aws-oidc\bin\run.js`)
  })
})
