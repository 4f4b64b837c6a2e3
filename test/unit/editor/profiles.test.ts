import assert from 'node:assert/strict';
import { looksLikeSecret, profileOverrides, readProfiles } from '../../../src/flux/profiles';
import { Secret } from '../../../src/flux/secret';

const SECRET = 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4MTIzNDU2';
const PLACES = {
  stored: () => Promise.resolve(new Secret('stored')),
  environment: (name: string) => (name === 'STAGING_JWT_SECRET' ? 'from the environment' : undefined),
  readFile: (name: string) =>
    Promise.resolve(name === '.env.staging' ? 'FLUX_JWT_SECRET="from the file"\n' : undefined),
};

describe('the profiles of a project', () => {
  it('switch gateway, engine, schema, secret source and app', async () => {
    const { profiles, problems } = readProfiles({
      local: { gatewayUrl: 'http://127.0.0.1:3000' },
      staging: {
        gatewayUrl: 'https://api--notes.example.com',
        engine: 'v1_dedicated',
        schema: 'api',
        secret: { file: '.env.staging', name: 'FLUX_JWT_SECRET' },
        appUrl: 'https://notes.example.com',
        appRoute: '/api/my-notes',
      },
    });
    assert.deepEqual(problems, []);
    assert.deepEqual(profiles.get('local'), {
      gatewayUrl: 'http://127.0.0.1:3000',
      secret: { from: 'storage' },
    });
    const staging = profiles.get('staging')!;
    assert.equal(staging.appRoute, '/api/my-notes');
    const from = { kind: 'setting', name: 'fluxRls.profiles.staging' };
    const { jwtSecret, ...others } = await profileOverrides('staging', staging, PLACES);
    assert.deepEqual(others, {
      gatewayUrl: { value: 'https://api--notes.example.com', from },
      engine: { value: 'v1_dedicated', from },
      schema: { value: 'api', from },
    });
    assert.equal(jwtSecret?.value.reveal(), 'from the file');
    assert.deepEqual(jwtSecret.from, { kind: 'file', file: '.env.staging', name: 'FLUX_JWT_SECRET' });
  });

  it('find their secret in the storage, the environment or a file, and nowhere else', async () => {
    const secretOf = async (secret: Parameters<typeof profileOverrides>[1]['secret']): Promise<unknown> =>
      (await profileOverrides('p', { secret }, PLACES)).jwtSecret?.value.reveal();
    assert.equal(await secretOf({ from: 'storage' }), 'stored');
    assert.equal(await secretOf({ env: 'STAGING_JWT_SECRET' }), 'from the environment');
    assert.equal(await secretOf({ env: 'NO_SUCH_VARIABLE' }), undefined);
    assert.equal(await secretOf({ file: '.env.staging', name: 'OTHER' }), undefined);
    assert.equal(await secretOf({ file: '.env.none', name: 'FLUX_JWT_SECRET' }), undefined);
  });

  it('are refused with a secret in them, which no message repeats', () => {
    for (const staging of [
      { secret: SECRET },
      { secret: { env: SECRET } },
      { secret: { from: 'storage', value: SECRET } },
      { gatewayUrl: `https://user:${SECRET}@example.com` },
      { jwtSecret: SECRET },
    ]) {
      const { profiles, problems } = readProfiles({ staging });
      assert.equal(profiles.size, 0, JSON.stringify(staging));
      assert.match(problems.join(), /^The profile "staging" holds what looks like a secret/);
      assert.ok(!problems.join().includes(SECRET));
    }
  });

  it('are refused when they are not understood, and the others still count', () => {
    const { profiles, problems } = readProfiles({
      good: {},
      text: 'https://example.com',
      typo: { gatewayURL: 'https://example.com' },
      engine: { engine: 'v3' },
      number: { schema: 7 },
      source: { secret: { vault: 'x' } },
    });
    assert.deepEqual([...profiles.keys()], ['good']);
    assert.deepEqual(problems, [
      'The profile "text" is not an object.',
      'The profile "typo" has "gatewayURL", which is none of gatewayUrl, schema, appUrl, appRoute, engine, secret.',
      'The profile "engine" has an engine that is neither v1_dedicated nor v2_shared.',
      'The profile "number" has a "schema" that is no text.',
      'The profile "source" has a "secret" that is none of { from: "storage" }, { env } and { file, name }.',
    ]);
    assert.deepEqual(readProfiles(undefined), { profiles: new Map(), problems: [] });
  });

  it('tell a secret from names, schemas and addresses', () => {
    for (const secret of [
      SECRET,
      'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.x',
      'a3f5c1e8b7d94260a3f5c1e8b7d94260',
      'https://me:pw@example.com',
    ]) {
      assert.ok(looksLikeSecret(secret), secret);
    }
    for (const harmless of [
      'https://api--notes--1a2b3c4.eu-central-1.flux.example.com',
      't_5ecfa3ab72d1_api',
      'FLUX_STAGING_JWT_SECRET_2',
      '.env.staging.local',
      '/api/my-notes-of-the-year-2026',
      'v2_shared',
      7,
    ]) {
      assert.ok(!looksLikeSecret(harmless), String(harmless));
    }
  });
});
