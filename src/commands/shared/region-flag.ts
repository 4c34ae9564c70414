import {Flags} from '@oclif/core'
import {problemOfRegion, regionLike} from '../../config/region.ts'
import {AwsOidcError, printable} from '../../errors.ts'

/** `--region eu-central-1`, checked before anything else happens; command.ts warns of one that AWS does not list. */
export const regionFlag = Flags.custom<string>({
  helpValue: 'REGION',
  parse: async text => {
    const problem = problemOfRegion(printable(text, 60))
    if (problem === undefined) return text
    throw new AwsOidcError('USAGE', `--region: ${problem}.`, {hint: `--region ${regionLike(text) ?? 'us-east-1'}`})
  },
})
