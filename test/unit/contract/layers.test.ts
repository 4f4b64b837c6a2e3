import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { REPOSITORY } from '../../support/local-flux';

/** What each room may import of the others. `extension.ts` is the composition root. */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  flux: [],
  sql: [],
  schema: ['sql', 'flux'],
  lint: ['schema', 'sql', 'flux'],
  tokens: ['flux'],
  checklist: ['flux', 'tokens', 'schema'],
  scaffold: ['flux'],
  database: ['flux'],
  // The stack bootstraps and pushes over a connection; `database` is the one place that knows pg.
  stack: ['flux', 'tokens', 'database'],
  editor: ['flux', 'sql', 'schema', 'lint', 'tokens', 'checklist', 'scaffold', 'stack', 'database', 'panel'],
  panel: [],
  cli: ['flux', 'sql', 'schema', 'lint', 'tokens', 'checklist', 'scaffold', 'stack', 'database'],
};

const SOURCE = path.join(REPOSITORY, 'src');

interface Import {
  readonly file: string;
  readonly room: string;
  readonly target: string;
}

function imports(): Import[] {
  return readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts'))
    .flatMap(file => {
      const text = readFileSync(path.join(SOURCE, file), 'utf8');
      const found = [...text.matchAll(/(?:from|import)\s*\(?'([^']+)'/g)].map(([, target]) => target!);
      return found.map(target => ({ file, room: file.split(path.sep)[0]!, target }));
    });
}

const roomOf = ({ file, target }: Import): string | undefined =>
  target.startsWith('.')
    ? path.relative(SOURCE, path.resolve(SOURCE, path.dirname(file), target)).split(path.sep)[0]
    : undefined;

describe('the rooms', () => {
  it('use only the doors they have', () => {
    const wrong = imports().filter(found => {
      const target = roomOf(found);
      if (target === undefined || target === found.room || found.room === 'extension.ts') return false;
      if (found.room === 'cli' && target === '..') return false;
      return !DOORS[found.room]?.includes(target);
    });
    assert.deepEqual(wrong, []);
  });

  it('leave VS Code to the editor, and the page’s code to the panel', () => {
    const vscode = imports().filter(
      ({ target, room }) => target === 'vscode' && room !== 'editor' && room !== 'extension.ts',
    );
    assert.deepEqual(vscode, []);
    const page = imports().filter(
      found =>
        roomOf(found) === 'panel' && found.room !== 'panel' && !found.target.endsWith('panel/messages'),
    );
    assert.deepEqual(page, []);
  });

  it('let a rule see nothing but what rules are made of', () => {
    const rules = imports().filter(({ file }) => /^lint[\\/]rules[\\/](?!index)/.test(file));
    assert.deepEqual([...new Set(rules.map(({ target }) => target))], ['../rule']);
  });

  it('keep pg and jose out of every start: they are loaded where they are first used', () => {
    const eager = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
      .filter(file => file.endsWith('.ts'))
      .filter(file =>
        /^import (?!type)[^;]*from '(?:pg|jose|libpg-query)'/m.test(
          readFileSync(path.join(SOURCE, file), 'utf8'),
        ),
      );
    assert.deepEqual(eager, []);
  });

  it('have files that a person reads in one go', () => {
    const long = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
      .filter(file => file.endsWith('.ts'))
      .map(file => [file, readFileSync(path.join(SOURCE, file), 'utf8').split('\n').length - 1] as const)
      .filter(
        ([file, lines]) =>
          lines > (/^lint[\\/]rules[\\/](?!index)/.test(file) ? 120 : file === 'extension.ts' ? 120 : 300),
      );
    assert.deepEqual(long, []);
  });
});
