import path from 'node:path';
import { readFluxProject, type FluxProject, type ProjectOverrides, type Sourced } from '../flux/project';
import { readOptional } from './files';
import type { Terminal } from './io';

/** The project of the working folder; options of the command line outrank everything else. */
export async function projectHere(
  terminal: Terminal,
  overrides: ProjectOverrides = {},
  secretVariable?: string,
  databaseVariable?: string,
): Promise<FluxProject> {
  return readFluxProject({
    folder: terminal.cwd,
    readFile: name => readOptional(path.join(terminal.cwd, name)),
    environment: terminal.environment,
    overrides,
    ...(secretVariable !== undefined && { secretVariable }),
    ...(databaseVariable !== undefined && { databaseVariable }),
  });
}

/** A value of the command line, which knows its option. */
export function fromOption<T>(option: string, value: T | undefined): Sourced<T> | undefined {
  return value === undefined ? undefined : { value, from: { kind: 'argument', name: `--${option}` } };
}
