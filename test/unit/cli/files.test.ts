import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import path from 'node:path';
import { committedTexts } from '../../../src/cli/git';
import { replaceFiles, type Replacement } from '../../../src/cli/replace-files';
import { TemporaryFolder } from '../../support/temporary-folder';
import { withoutRoot } from '../../support/without-root';

describe('files of the command line', () => {
  let folder: TemporaryFolder;
  beforeEach(() => {
    folder = new TemporaryFolder();
  });
  afterEach(() => {
    folder.remove();
  });
  const at = (name: string): string => path.join(folder.path, name);
  const read = (name: string): string => readFileSync(at(name), 'utf8');

  describe('get new texts', () => {
    const replacement = (name: string, before: string, after: string): Replacement => ({
      name,
      path: at(name),
      before,
      after,
    });

    it('with the mode they had, and nothing left beside them', async () => {
      folder.write('a', 'old');
      chmodSync(at('a'), 0o777);
      await replaceFiles([replacement('a', 'old', 'new')]);
      assert.equal(read('a'), 'new');
      assert.equal(statSync(at('a')).mode & 0o777, 0o777);
      assert.deepEqual(readdirSync(folder.path), ['a']);
    });

    it('at once: who has the old one open reads it to its end', async () => {
      folder.write('a', 'old');
      linkSync(at('a'), at('same'));
      await replaceFiles([replacement('a', 'old', 'new')]);
      assert.deepEqual([read('a'), read('same')], ['new', 'old']);
    });

    it('all or none, also where the last one is refused after the first was written', async () => {
      for (const name of ['open/1.sql', 'sticky/2.sql']) folder.write(name, 'old');
      chmodSync(folder.path, 0o755);
      chmodSync(at('open'), 0o777);
      chmodSync(at('open/1.sql'), 0o666);
      chmodSync(at('sticky/2.sql'), 0o666);
      // In such a folder nobody takes the place of a file that is somebody else's.
      chmodSync(at('sticky'), 0o1777);
      const both = [replacement('open/1.sql', 'old', 'new'), replacement('sticky/2.sql', 'old', 'new')];
      if (process.geteuid?.() === 0) {
        await assert.rejects(
          withoutRoot(() => replaceFiles(both)),
          { message: 'sticky/2.sql cannot be written (EPERM). Nothing was changed.' },
        );
      } else {
        // Whoever is not root has no file of somebody else to try it on; one that is gone comes close.
        rmSync(at('sticky/2.sql'));
        await assert.rejects(replaceFiles(both), {
          message: 'sticky/2.sql cannot be written (ENOENT). Nothing was changed.',
        });
      }
      assert.equal(read('open/1.sql'), 'old');
      assert.deepEqual(readdirSync(at('open')), ['1.sql']);
      assert.ok(readdirSync(at('sticky')).length <= 1);
    });

    it('but not over what somebody wrote in the meantime', async () => {
      folder.write('a', 'old');
      folder.write('b', 'newer');
      await assert.rejects(replaceFiles([replacement('a', 'old', 'new'), replacement('b', 'old', 'new')]), {
        message: 'b was changed in the meantime, or is not UTF-8. Nothing was changed.',
      });
      assert.deepEqual([read('a'), read('b')], ['old', 'newer']);
      assert.deepEqual(readdirSync(folder.path), ['a', 'b']);
    });
  });

  describe('have a committed text', () => {
    const environment = { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
    const git = (...args: string[]): void => {
      const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
      execFileSync('git', [...identity, ...args], { cwd: folder.path, env: environment, stdio: 'ignore' });
    };
    const committed = (
      name: string,
      env: Record<string, string | undefined> = environment,
    ): string | undefined => committedTexts(new Map([[name, at(name)]]), { environment: env })(name);

    it('that of HEAD, whatever is staged or written since', () => {
      folder.write('db/migrations/1.sql', 'first 🦊\n');
      git('init');
      git('add', '.');
      assert.equal(committed('db/migrations/1.sql'), undefined, 'nothing is committed yet');
      git('commit', '-m', 'first');
      folder.write('db/migrations/1.sql', 'staged\n');
      git('add', '.');
      folder.write('db/migrations/1.sql', 'written\n');
      folder.write('db/migrations/2.sql', 'new\n');
      assert.equal(committed('db/migrations/1.sql'), 'first 🦊\n');
      assert.equal(committed('db/migrations/2.sql'), undefined);
    });

    it('of each file of the folder its own, whatever its name and its length', () => {
      const texts = { 'a b.sql': 'ü\n\nblob 3\n', 'empty.sql': '', 'ü.sql': 'no line end', 'z.sql': 'z\n' };
      for (const [name, text] of Object.entries(texts)) folder.write(`sql/${name}`, text);
      folder.write('sql/notes.txt', 'no SQL');
      symlinkSync('z.sql', at('sql/link.sql'));
      git('init');
      git('add', '.');
      git('commit', '-m', 'first');
      const names = [...Object.keys(texts), 'notes.txt', 'link.sql'];
      const paths = new Map(names.map(name => [name, at(`sql/${name}`)]));
      const text = committedTexts(paths, { environment });
      assert.deepEqual(names.map(text), [...Object.values(texts), undefined, undefined]);
    });

    it('or none: outside of a push directory, without a repository, without git', () => {
      folder.write('db/1.sql', 'a\n');
      folder.write('migrations/1.sql', 'a\n');
      assert.equal(committed('migrations/1.sql'), undefined, 'no repository');
      git('init');
      git('add', '.');
      git('commit', '-m', 'first');
      assert.equal(committed('db/1.sql'), undefined);
      mkdirSync(at('empty'));
      assert.equal(committed('migrations/1.sql', { PATH: at('empty') }), undefined, 'no git');
      assert.equal(committed('migrations/1.sql'), 'a\n');
      rmSync(at('.git/objects'), { recursive: true });
      mkdirSync(at('.git/objects'));
      assert.equal(committed('migrations/1.sql'), undefined, 'no texts');
      assert.equal(committedTexts(new Map(), { environment })('migrations/1.sql'), undefined);
    });

    it('once a folder, when somebody wants to know', () => {
      folder.write('migrations/1.sql', 'a\n');
      git('init');
      const text = committedTexts(new Map([['1', at('migrations/1.sql')]]), { environment });
      git('add', '.');
      git('commit', '-m', 'first');
      assert.equal(text('1'), 'a\n');
      rmSync(at('.git'), { recursive: true });
      assert.equal(text('1'), 'a\n');
    });
  });
});
