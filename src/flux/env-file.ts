import { parse } from 'dotenv';
import { expand } from 'dotenv-expand';

/** The files Next.js reads in development, the winning one first. */
export const ENV_FILES = ['.env.development.local', '.env.local', '.env.development', '.env'] as const;

/** Values of one dotenv file, expanded as Next.js expands them: `$NAME` is a reference, `\$` a dollar. */
export function parseEnvFile(text: string): Record<string, string> {
  // dotenv-expand writes into the objects it is given and would read the real environment without `processEnv`.
  return expand({ parsed: parse(text), processEnv: {} }).parsed ?? {};
}
