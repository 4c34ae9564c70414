// By name, so that the rest of the library (an editor, dates, trees) stays out of the bundle.
export {input, password, search, select} from '@inquirer/prompts'
