// Asks AWS who it is, as any program with the AWS SDK for JavaScript does: each of CLIENTS clients at once, CALLS times
// one after the other. Prints one line of JSON, {"arns": [...], "errors": [...]}; exits 1 where there is an error.
// With WAIT_FOR each call but the first waits until the file of that name is there.
// With a third argument the credentials come from fromIni instead of the default chain.
import {existsSync} from 'node:fs'
import {setTimeout as pause} from 'node:timers/promises'
import {GetCallerIdentityCommand, STSClient} from '@aws-sdk/client-sts'
import {fromIni} from '@aws-sdk/credential-providers'

const [calls, clients, explicit] = process.argv.slice(2)
const arns = []
const errors = []

await Promise.all(Array.from({length: Number(clients)}, ask))
process.stdout.write(`${JSON.stringify({arns, errors})}\n`)
process.exitCode = errors.length > 0 ? 1 : 0

async function ask() {
  try {
    const sts = new STSClient(explicit ? {credentials: fromIni()} : {})
    for (let call = 0; call < Number(calls); call++) {
      while (call > 0 && !existsSync(process.env.WAIT_FOR ?? '/')) await pause(50)
      arns.push((await sts.send(new GetCallerIdentityCommand())).Arn)
    }
  } catch (error) {
    errors.push(`${error.name}: ${error.message}`)
  }
}
