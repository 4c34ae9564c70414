import type {Program} from '../config/schema.ts'
import {type Check, type CheckContext, either, type Finding, type Looked} from './check.ts'

export const browserChecks: readonly Check[] = [{area: 'Browser', name: 'the browser', look}]

interface Named {
  readonly where: string
  readonly program: Program
}

/** Checks the browsers that are named. A variable wins over the configuration, for every provider. */
async function look(context: CheckContext): Promise<Looked> {
  const {outside, configuration, providers, inspection} = context
  const variable = (['AWS_OIDC_BROWSER', 'BROWSER'] as const).find(name => outside.env[name])
  const said = variable === undefined ? undefined : outside.env[variable]
  const configured = [
    {where: '"browser" in the configuration', program: configuration?.browser},
    ...providers.map(({name, browser}) => ({where: `"browser" of the provider "${name}"`, program: browser})),
  ]
  const named: readonly Named[] =
    variable !== undefined && said
      ? [{where: variable, program: [said]}]
      : configured.flatMap(({where, program}) => (program ? [{where, program}] : []))
  const findings: Finding[] = []
  for (const {where, program} of named) {
    if ((await inspection.findProgram(program[0])) !== undefined) continue
    const what = `${where} names ${program[0]}, which is not there or can't be started: you would have to open each address by hand.`
    const mend = where === variable ? `unset ${variable}` : `Name a program that exists, or remove ${where}.`
    findings.push({id: 'browser.program', severity: 'warning', what, mend})
  }
  return either(findings, ...named.map(({where, program}) => `${program[0]} (${where})`))
}
