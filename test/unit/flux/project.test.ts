import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import {
  describeSource,
  readFluxProject,
  type FluxProject,
  type ProjectReader,
} from '../../../src/flux/project';
import { Secret } from '../../../src/flux/secret';

const SECRET = 'a-project-secret-of-more-than-32-bytes';

async function read(files: Record<string, string>, more: Partial<ProjectReader> = {}): Promise<FluxProject> {
  return readFluxProject({ folder: '/work/app', readFile: name => Promise.resolve(files[name]), ...more });
}

const told = (project: FluxProject, key: 'gatewayUrl' | 'schema' | 'engine'): string | undefined => {
  const found = project[key];
  return found && `${found.value} from ${describeSource(found.from)}`;
};

describe('project settings', () => {
  it('come from flux.json and the dotenv files, and know where from', async () => {
    const project = await read({
      'flux.json':
        '{"slug":"notes","hash":"1a2b3c4","mode":"v2_shared","apiUrl":"https://api--notes--1a2b3c4.example.com","apiSchema":"t_1a2b3c4d5e6f_api"}',
      '.env': `FLUX_JWT_SECRET=${SECRET}`,
      '.env.local': 'FLUX_URL=http://127.0.0.1:3000\nAUTH_SECRET=x',
    });
    assert.equal(project.name, 'notes');
    assert.equal(told(project, 'gatewayUrl'), 'http://127.0.0.1:3000 from .env.local');
    assert.equal(told(project, 'schema'), 't_1a2b3c4d5e6f_api from flux.json');
    assert.equal(told(project, 'engine'), 'v2_shared from flux.json');
    assert.equal(project.jwtSecret?.value.reveal(), SECRET);
    assert.equal(describeSource(project.jwtSecret.from), '.env');
    assert.equal(project.authSecret?.value.reveal(), 'x');
    assert.equal(describeSource(project.authSecret.from), '.env.local');
    assert.deepEqual(project.problems, []);
  });

  it('rank overrides first, then the environment, then files as Next.js does', async () => {
    const files = {
      '.env': 'FLUX_URL=http://env',
      '.env.local': 'FLUX_URL=http://local',
      '.env.development.local': 'FLUX_URL=http://devlocal',
    };
    assert.equal(told(await read(files), 'gatewayUrl'), 'http://devlocal from .env.development.local');
    assert.equal(
      told(await read(files, { environment: { FLUX_URL: 'http://process' } }), 'gatewayUrl'),
      'http://process from the environment (FLUX_URL)',
    );
    const overrides = {
      gatewayUrl: { value: 'http://set', from: { kind: 'setting', name: 'fluxRls.gatewayUrl' } },
    } as const;
    assert.equal(
      told(await read(files, { overrides }), 'gatewayUrl'),
      'http://set from setting fluxRls.gatewayUrl',
    );
  });

  it('take both conventions of names', async () => {
    const guide = await read({ '.env.local': `NEXT_PUBLIC_FLUX_URL=http://a\nFLUX_JWT_SECRET=${SECRET}` });
    assert.equal(told(guide, 'gatewayUrl'), 'http://a from .env.local');
    const template = await read({
      '.env.local': `FLUX_URL=http://b\nNEXT_PUBLIC_FLUX_URL=http://a\nFLUX_GATEWAY_JWT_SECRET=${SECRET}\nFLUX_JWT_SECRET=other`,
    });
    assert.equal(told(template, 'gatewayUrl'), 'http://b from .env.local');
    assert.equal(template.jwtSecret?.value.reveal(), SECRET);
    const named = await read({ '.env': `MY_SECRET=${SECRET}` }, { secretVariable: 'MY_SECRET' });
    assert.equal(named.jwtSecret?.value.reveal(), SECRET);
  });

  it('know where the app runs and what encrypts its sessions, under the names of Auth.js v5 and next-auth v4', async () => {
    const told = ({ appUrl, authSecret }: FluxProject): unknown[] => [
      appUrl && `${appUrl.value} from ${appUrl.from.name}`,
      authSecret && `${authSecret.value.reveal()} from ${authSecret.from.name}`,
    ];
    const v4 = 'NEXTAUTH_URL=http://localhost:4004\nNEXTAUTH_SECRET=four\n';
    assert.deepEqual(told(await read({ '.env': v4 })), [
      'http://localhost:4004 from NEXTAUTH_URL',
      'four from NEXTAUTH_SECRET',
    ]);
    assert.deepEqual(told(await read({ '.env': `${v4}AUTH_URL=http://localhost:4005\nAUTH_SECRET=five` })), [
      'http://localhost:4005 from AUTH_URL',
      'five from AUTH_SECRET',
    ]);
    assert.deepEqual(told(await read({})), [undefined, undefined]);
  });

  it('read dotenv as Next.js does: quotes, comments, references and escaped dollars', async () => {
    const project = await read({
      '.env':
        'HOST=127.0.0.1 # here\nFLUX_URL="http://$HOST:1"\nFLUX_JWT_SECRET=\'pa\\$word-of-more-than-thirty-two-bytes\'\n',
    });
    assert.equal(project.gatewayUrl?.value, 'http://127.0.0.1:1');
    assert.equal(project.jwtSecret?.value.reveal(), 'pa$word-of-more-than-thirty-two-bytes');
  });

  it('derive the engine from the schema "api" only', async () => {
    assert.equal(
      told(await read({ '.env': 'FLUX_POSTGREST_SCHEMA=api' }), 'engine'),
      'v1_dedicated from the schema name "api"',
    );
    assert.equal(
      told(await read({ '.env': 'FLUX_POSTGREST_SCHEMA=t_1a2b3c4d5e6f_api' }), 'engine'),
      undefined,
    );
  });

  for (const [name, files, message] of [
    [
      'an empty line that hides a value',
      { '.env.local': 'FLUX_POSTGREST_SCHEMA=', '.env': 'FLUX_POSTGREST_SCHEMA=api' },
      'FLUX_POSTGREST_SCHEMA is empty in .env.local and hides the value in .env: delete the empty line.',
    ],
    ['broken JSON', { 'flux.json': '{' }, 'flux.json is not valid JSON.'],
    ['JSON that is no object', { 'flux.json': '[]' }, 'flux.json must hold one JSON object.'],
    [
      'a secret in flux.json',
      { 'flux.json': '{"jwtSecret":"x"}' },
      'flux.json must not hold "jwtSecret": it is committed. Move it to .env.local and change it.',
    ],
    [
      'a malformed schema',
      { '.env': 'FLUX_POSTGREST_SCHEMA=public' },
      'The schema "public" in .env is neither "api" nor t_<12 hex digits>_api.',
    ],
    [
      'a URL that is none',
      { '.env': 'FLUX_URL=localhost:3000' },
      'The gateway URL in .env is not an http(s) address.',
    ],
    [
      'an app URL that is none',
      { '.env': 'AUTH_URL=localhost' },
      'AUTH_URL in .env is not an http(s) address.',
    ],
    [
      'a short secret',
      { '.env': 'FLUX_JWT_SECRET=short' },
      'The project secret in .env is shorter than 32 bytes; PostgREST refuses it.',
    ],
  ] as const) {
    it(`name ${name} as a problem`, async () => {
      assert.deepEqual(
        (await read(files)).problems.map(problem => problem.message),
        [message],
      );
    });
  }

  it('go on when a file cannot be read', async () => {
    const project = await read(
      {},
      {
        readFile: name =>
          name === '.env.local'
            ? Promise.reject(new Error('EACCES'))
            : Promise.resolve(name === '.env' ? 'FLUX_URL=http://a' : undefined),
      },
    );
    assert.deepEqual(project.problems, [{ file: '.env.local', message: '.env.local cannot be read.' }]);
    assert.equal(project.gatewayUrl?.value, 'http://a');
  });

  it('are nothing in an empty folder', async () => {
    const { gatewayUrl, engine, schema, jwtSecret, problems, name } = await read({});
    assert.deepEqual(
      [gatewayUrl, engine, schema, jwtSecret, problems, name],
      [undefined, undefined, undefined, undefined, [], 'app'],
    );
  });
});

describe('a secret', () => {
  it('shows itself only when it is revealed', () => {
    const secret = new Secret(SECRET);
    for (const text of [
      String(secret),
      String(secret),
      JSON.stringify({ secret }),
      inspect(secret),
      inspect({ deep: [secret] }),
    ]) {
      assert.ok(!text.includes(SECRET), text);
    }
    assert.equal(secret.reveal(), SECRET);
    assert.equal(new Secret('é').byteLength, 2);
  });
});
