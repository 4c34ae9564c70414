// Asks the STS who it is through the AWS SDK for JavaScript with its default credentials, as any program does.
import {GetCallerIdentityCommand, STSClient} from '@aws-sdk/client-sts'

try {
  const {Arn} = await new STSClient({region: 'us-east-1'}).send(new GetCallerIdentityCommand({}))
  process.stdout.write(`${Arn}\n`)
} catch (error) {
  process.stdout.write(`${error}\n`)
  process.exitCode = 1
}
