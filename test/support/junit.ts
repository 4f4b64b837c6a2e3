import { createRequire } from 'node:module';

/** An element of an XML document. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

interface SaxParser {
  onerror: (error: Error) => void;
  onopentag: (tag: { name: string; attributes: Record<string, string> }) => void;
  onclosetag: () => void;
  ontext: (text: string) => void;
  write(text: string): SaxParser;
  close(): void;
}

const sax = createRequire(__filename)('sax') as {
  parser(strict: boolean, options: { strictEntities: boolean }): SaxParser;
};

/** The root of a document; throws for one that is not well-formed. */
export function parseXml(text: string): XmlElement {
  const illegal = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.exec(text);
  if (illegal) throw new Error(`a character that XML cannot hold at ${illegal.index}`);
  const document: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  const open = [document];
  const parser = sax.parser(true, { strictEntities: true });
  parser.onerror = error => {
    throw error;
  };
  parser.onopentag = ({ name, attributes }) => {
    const element: XmlElement = { name, attributes, children: [], text: '' };
    open.at(-1)!.children.push(element);
    open.push(element);
  };
  parser.onclosetag = () => {
    open.pop();
  };
  parser.ontext = content => {
    open.at(-1)!.text += content;
  };
  parser.write(text).close();
  return document.children[0]!;
}

/** Elements with the attributes they need, those they may have, and their children in order. */
const RULES: Readonly<
  Record<
    string,
    { needs: readonly string[]; may?: readonly string[]; children: RegExp; mayHaveText?: boolean }
  >
> = {
  testsuites: {
    needs: ['name', 'tests', 'failures', 'errors', 'time'],
    may: ['skipped'],
    children: /^(testsuite )*$/,
  },
  testsuite: {
    needs: ['name', 'tests', 'failures', 'errors', 'skipped', 'time', 'timestamp'],
    children: /^(properties )?(testcase )*(system-out )?(system-err )?$/,
  },
  properties: { needs: [], children: /^(property )+$/ },
  property: { needs: ['name', 'value'], children: /^$/ },
  testcase: {
    needs: ['name', 'classname', 'time'],
    children: /^((skipped|error|failure) )?(system-out )?(system-err )?$/,
  },
  skipped: { needs: ['message'], children: /^$/ },
  error: { needs: ['message', 'type'], children: /^$/, mayHaveText: true },
  failure: { needs: ['message', 'type'], children: /^$/, mayHaveText: true },
  'system-out': { needs: [], children: /^$/, mayHaveText: true },
  'system-err': { needs: [], children: /^$/, mayHaveText: true },
};

/**
 * What the schema that Jenkins reads JUnit by objects to in a document, and sums that are wrong.
 * https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd
 */
export function junitObjections(root: XmlElement): string[] {
  return root.name === 'testsuites' ? objections(root) : [`the root is ${root.name}`];
}

function objections(element: XmlElement): string[] {
  const { name, attributes, children, text } = element;
  const rule = RULES[name];
  if (!rule) return [`${name} is unknown`];
  const given = Object.keys(attributes);
  const found = [
    ...rule.needs.filter(needed => !given.includes(needed)).map(needed => `${name} lacks ${needed}`),
    ...given
      .filter(one => ![...rule.needs, ...(rule.may ?? [])].includes(one))
      .map(one => `${name} has ${one}`),
    ...(rule.children.test(children.map(child => `${child.name} `).join(''))
      ? []
      : [`${name} holds ${children.map(child => child.name).join(' ')}`]),
    ...(rule.mayHaveText === true || text.trim() === '' ? [] : [`${name} holds text`]),
    ...(attributes.time === undefined || /^\d+\.\d{3}$/.test(attributes.time)
      ? []
      : [`time ${attributes.time}`]),
    ...(attributes.timestamp === undefined || /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(attributes.timestamp)
      ? []
      : [`timestamp ${attributes.timestamp}`]),
    ...wrongSums(element),
  ];
  return [...found, ...children.flatMap(objections)];
}

function wrongSums(element: XmlElement): string[] {
  if (!element.name.startsWith('testsuite')) return [];
  const sums = {
    tests: 'testcase',
    failures: 'failure',
    errors: 'error',
    skipped: 'skipped',
  };
  return Object.entries(sums).flatMap(([attribute, name]) => {
    const count = elementsNamed(element, name).length;
    return element.attributes[attribute] === String(count)
      ? []
      : [`${element.name} counts ${element.attributes[attribute] ?? 'no'} ${attribute}, not ${count}`];
  });
}

/** Every element of that name below another. */
export function elementsNamed(element: XmlElement, name: string): XmlElement[] {
  return element.children.flatMap(child => [
    ...(child.name === name ? [child] : []),
    ...elementsNamed(child, name),
  ]);
}
