import { parseArgs, type ParseArgsConfig } from 'node:util';
import { ENGINES, isEngine, type Engine } from '../flux/engine';
import { UsageError } from './io';

type Options = NonNullable<ParseArgsConfig['options']>;

/** What {@link parseArgs} makes of options, with its complaints as {@link UsageError}. */
export function parse<const T extends Options>(
  args: readonly string[],
  options: T,
): ReturnType<typeof parseArgs<{ args: string[]; options: T; allowPositionals: true }>> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    const [sentence] = (error as Error).message.split(/\.?\n|\. /);
    throw new UsageError(`${sentence ?? 'Wrong options'}. See flux-rls help.`);
  }
}

export function engineOption(value: string | undefined): Engine | undefined {
  if (value === undefined || isEngine(value)) return value;
  throw new UsageError(`--engine is ${inWords(ENGINES)}, not "${value}".`);
}

/** One of several words; the first is the default. */
export function choiceOption<T extends string>(
  name: string,
  value: string | undefined,
  choices: readonly [T, ...T[]],
): T {
  const choice = choices.find(candidate => candidate === (value ?? choices[0]));
  if (choice === undefined) throw new UsageError(`--${name} is ${inWords(choices)}, not "${value ?? ''}".`);
  return choice;
}

/** `a, b or c`. */
export function inWords(choices: readonly string[]): string {
  return [choices.slice(0, -1).join(', '), choices.at(-1)].filter(Boolean).join(' or ');
}
