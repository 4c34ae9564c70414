import {Flags} from '@oclif/core'
import {checkSessionDuration, readDuration} from './config/duration.ts'
import {AwsOidcError} from './errors.ts'

/** `--duration 12h`, judged before anything else happens. */
export const durationFlag = Flags.custom<number>({
  description: 'length of the role session, 15m to 12h',
  helpValue: '12h',
  parse: async text => {
    const seconds = readDuration(text)
    if (seconds !== undefined) return checkSessionDuration(seconds, '--duration')
    throw new AwsOidcError('USAGE', `--duration: "${text}" is not a duration.`, {hint: '--duration 12h, 90m or 3600'})
  },
})()
