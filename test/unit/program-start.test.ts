import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect} from 'chai'
import {openPage} from '../../src/browser/page.ts'
import {systemInspection} from '../../src/outside/processes/inspection.ts'
import {programOutput} from '../../src/outside/processes/program-output.ts'
import {failureOf, programStart} from '../../src/outside/processes/program-start.ts'
import {movableClock} from '../support/dependencies.ts'

const env = {Path: String.raw`C:\tools`, SystemRoot: String.raw`C:\Windows`}

describe('A configured program', () => {
  const there = (...files: readonly string[]) =>
    programStart(['op', 'read', 'x'], env, 'win32', path => files.includes(path))

  it('is never started from the current folder on Windows, where a cloned repository may have put one', () => {
    expect(there('op', 'op.exe', 'op.cmd', String.raw`.\op.exe`)).to.deep.include({exitCode: 127})
    expect(there('op.exe', String.raw`C:\tools\op.exe`)).to.include({program: String.raw`C:\tools\op.exe`})
  })

  it('may be a batch file, which is run by cmd.exe, itself started by its path', () => {
    expect(there(String.raw`C:\tools\op.cmd`)).to.deep.equal({
      program: String.raw`C:\Windows\System32\cmd.exe`,
      args: ['/d', '/s', '/c', String.raw`""C:\tools\op.cmd" "read" "x""`],
      verbatim: true,
    })
  })

  it('is left to the system elsewhere', () => {
    expect(programStart(['op', 'read'], env, 'linux')).to.deep.equal({program: 'op', args: ['read'], verbatim: false})
  })

  it('is skipped for the next of several browsers on Windows where it does not exist', async () => {
    const tried: string[] = []
    const launch = async (program: string) => {
      tried.push(program)
      const start = programStart([program], env, 'win32', path => path.endsWith('msedge.exe'))
      if ('problem' in start) throw failureOf(start)
    }
    const place = {kind: 'profile', name: 'Work'} as const
    await openPage(new URL('https://example.com'), {program: undefined, place, launch, platform: 'win32'})
    expect(tried).to.have.length(3)
    expect(tried.at(-1)).to.match(/msedge\.exe$/)
  })

  describe('in the current folder', () => {
    let before: string
    let folder: string
    beforeEach(async () => {
      before = process.cwd()
      folder = await mkdtemp(join(tmpdir(), 'aws-oidc-program-'))
      await writeFile(join(folder, 'op.exe'), '#!/bin/sh\necho stolen\n', {mode: 0o755})
      process.chdir(folder)
    })
    afterEach(async () => {
      process.chdir(before)
      await rm(folder, {recursive: true})
    })

    it('is not started for a secret on Windows', async () => {
      const limits = {clock: movableClock(), milliseconds: 1000, signal: new AbortController().signal, variables: {}}
      const printed = programOutput('op', [], {...limits, platform: 'win32'})
      expect(await printed.catch(error => error.message)).to.equal('there is no such program')
    })

    it('is not found by doctor on Windows', async () => {
      expect(await systemInspection(env, 'win32').findProgram('op')).to.equal(undefined)
    })
  })
})
