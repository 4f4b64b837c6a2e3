import assert from 'node:assert/strict';
import { junitReport } from '../../../src/checklist/report';
import { evidenceOf, HOSTILE, resultOf, richReport } from '../../support/checklist-report';
import { elementsNamed, junitObjections, parseXml, type XmlElement } from '../../support/junit';

const read = (...args: Parameters<typeof junitReport>): XmlElement => parseXml(junitReport(...args));
const caseNamed = (root: XmlElement, name: RegExp): XmlElement =>
  elementsNamed(root, 'testcase').find(({ attributes }) => name.test(attributes.name ?? ''))!;

describe('the report as JUnit XML', () => {
  it('holds to the schema that CI servers read by, and its sums are right', () => {
    assert.deepEqual(junitObjections(read(richReport())), []);
    assert.deepEqual(junitObjections(read(richReport({ results: [], notChecked: [] }))), []);
  });

  it('is checked by rules that object', () => {
    const wrong = junitReport(richReport())
      .replace('failures="2"', 'failures="1"')
      .replace(' classname="notes"', '');
    assert.deepEqual(junitObjections(parseXml(wrong)), [
      'testsuites counts 1 failures, not 2',
      'testcase lacks classname',
    ]);
    assert.throws(() => parseXml('<a>&nbsp;</a>'));
    assert.throws(() => parseXml('<a><b></a></b>'));
    assert.throws(() => parseXml('<a>\u0001</a>'));
  });

  it('has a suite for each table, and one for each that is not checked', () => {
    const suites = elementsNamed(read(richReport()), 'testsuite').map(({ attributes }) => {
      const { name, tests, failures, errors, skipped, timestamp } = attributes;
      return [name, tests, failures, errors, skipped, timestamp];
    });
    assert.deepEqual(suites, [
      ['notes', '5', '2', '1', '0', '2026-03-04T12:04:05'],
      ['countries', '2', '0', '0', '1', '2026-03-04T12:04:05'],
      ['GET /api/my-notes', '1', '0', '0', '0', '2026-03-04T12:04:05'],
      ['audit_log', '1', '0', '0', '1', '2026-03-04T12:04:05'],
    ]);
  });

  it('tells engine, mode and run', () => {
    const [suite] = elementsNamed(read(richReport()), 'properties');
    const properties = Object.fromEntries(
      suite!.children.map(({ attributes }) => [attributes.name, attributes.value]),
    );
    assert.deepEqual(
      [properties.engine, properties.mode, properties.run, properties.cancelled],
      ['v2_shared', 'full', '1a2b3c4d', 'false'],
    );
  });

  it('makes a failure of a fail, an error of what cannot be told, and says what was asked', () => {
    const placeOf = (): { file: string; line: number } => ({ file: 'sql/1.sql', line: 24 });
    const root = read(richReport(), { placeOf });
    const [failure, out] = caseNamed(root, /^An insert in another/).children;
    assert.deepEqual(
      [failure?.name, failure?.attributes, failure?.text],
      ['failure', { message: 'Accepted.', type: 'policy' }, 'Tie owner_id to the subject.\nsql/1.sql:24'],
    );
    assert.equal(
      out?.text,
      `POST /notes as ann (control)
  answered: 201, no body
POST /notes as ann
  Prefer: return=minimal
  {"owner_id":"bob","title":"…"}
  expected: 403 with 42501
  answered: 201, no body`,
    );
    assert.equal(caseNamed(root, /delete its own row/).children[0]?.name, 'error');
    assert.deepEqual(caseNamed(root, /^Nobody can delete/).children[0]?.attributes, {
      message: 'No-write mode has no request that could tell.',
    });
    assert.deepEqual(
      caseNamed(root, /^A request without/).children.map(({ name }) => name),
      ['system-out'],
    );
  });

  it('keeps hostile texts, but for what XML cannot say', () => {
    const root = read(richReport());
    const { attributes, text } = caseNamed(root, /through all_notes$/).children[0]!;
    const shown = HOSTILE.replace('\r\n', '\n').replace(/(?!\n)\p{Cc}/gu, '\ufffd');
    assert.deepEqual([attributes.message, text], [shown, shown]);
    assert.match(junitReport(richReport()), /message="[^"]*&#10;# no heading"/);
    const cut = resultOf('notes', 'read-own', 'fail', { message: 'half a fox \ud83e', advice: '\ufffe\tx' });
    const [failure] = elementsNamed(read(richReport({ results: [cut] })), 'failure');
    assert.deepEqual([failure?.attributes.message, failure?.text], ['half a fox \ufffd', '\ufffd\tx']);
  });

  it('tells rows that were left, also in a table without results', () => {
    const left = [{ table: 'parents', key: 'id=1', owner: 'bob', reason: 'a <child> holds it' }];
    const rows = { created: 1, removed: 0, byTable: [], left };
    const root = read(richReport({ results: [], notChecked: [], rows }));
    assert.deepEqual(junitObjections(root), []);
    assert.equal(
      elementsNamed(root, 'system-err')[0]?.text,
      'A row was left (id=1, owner bob): a <child> holds it',
    );
  });

  it('adds up what requests took', () => {
    const evidence = [evidenceOf({ milliseconds: 1250 }), evidenceOf({ milliseconds: 250.4 })];
    const results = [resultOf('notes', 'read-own', 'pass', { evidence })];
    const root = read(richReport({ results }));
    assert.equal(caseNamed(root, /own rows/).attributes.time, '1.500');
    assert.equal(elementsNamed(root, 'testsuite')[0]?.attributes.time, '1.500');
    assert.equal(root.attributes.time, '3.140');
  });
});
