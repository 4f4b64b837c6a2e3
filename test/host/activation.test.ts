import assert from 'node:assert/strict';
import { closeEditors, extension, findingsOf, open, remove } from './support';

/** The first of all files: whatever comes before it wakes the extension. */
describe('the extension in VS Code [one folder]', () => {
  after(closeEditors);

  it('sleeps until an SQL file is opened', async () => {
    const own = await extension();
    assert.equal(own.isActive, false);
    const { document } = await open('first.sql', 'create table notes (id int);');
    await findingsOf(document.uri, ['rls-not-enabled']);
    assert.equal(own.isActive, true);
    await remove('first.sql');
  });
});
