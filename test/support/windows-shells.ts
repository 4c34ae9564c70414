import {execFile} from 'node:child_process'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {inThrees, type Triple, written} from './shells.ts'

const run = promisify(execFile)
const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']

/** PowerShell's environment after each triple, read in base64, because its output has a code page too. */
export function throughPowershell(program: string, triples: readonly Triple[]): Promise<readonly Triple[]> {
  return inFolder(async folder => {
    for (const [index, triple] of triples.entries())
      await writeFile(join(folder, nameOf(index)), await written('powershell', triple))
    const script = join(folder, 'read.ps1')
    await writeFile(
      script,
      `foreach ($file in Get-ChildItem -LiteralPath $PSScriptRoot -Filter d*.txt | Sort-Object Name) {
  Get-Content -LiteralPath $file.FullName | Invoke-Expression
  foreach ($name in '${names.join("', '")}') {
    [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes([string][Environment]::GetEnvironmentVariable($name)))
  }
}
`,
    )
    const args = ['-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-File', script]
    const {stdout} = await run(program, args, {cwd: folder})
    const lines = stdout.split(/\r?\n/).slice(0, -1)
    return inThrees(lines.map(line => Buffer.from(line, 'base64').toString()))
  })
}

/** The environment of the Windows command prompt after each triple, read as `creds --help` says. */
export function throughCmd(program: readonly [string, ...string[]], triples: readonly Triple[]) {
  return inFolder(async folder => {
    const lines: string[] = []
    for (const [index, triple] of triples.entries()) {
      await writeFile(join(folder, nameOf(index)), await written('windows-cmd', triple))
      lines.push(`for /f "delims=" %%i in ('type ${nameOf(index)}') do @call %%i`)
      lines.push(...names.map(name => `echo [%${name}%]`))
    }
    await writeFile(join(folder, 'read.bat'), ['@echo off', ...lines, ''].join('\r\n'))
    const [command, ...args] = program
    const {stdout} = await run(command, [...args, '/d', '/c', 'read.bat'], {cwd: folder, maxBuffer: 2 ** 26})
    return inThrees(stdout.split('\r\n').flatMap(line => /^\[(.*)\]$/.exec(line)?.[1] ?? []))
  })
}

function nameOf(index: number): string {
  return `d${String(index).padStart(6, '0')}.txt`
}

async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'aws-oidc-formats-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, {recursive: true})
  }
}
