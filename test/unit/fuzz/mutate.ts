import { tokenize } from '../../../src/sql/lexer';
import type { Random } from './random';

/** What opens, closes, ends or changes the meaning of what stands around it. */
// prettier-ignore
const ODD_PIECES = [
  "'", '"', '$$', '$a$', "E'", 'U&"', '/*', '*/', '--', '\\', '\\.', ';', '(', ')', '[', ',', '.', '..', '::', ':=', '=', '-', '1', '$1',
  '\n', '\r\n', '\r', '\t', '\0', '\u00a0', '\ufeff', '\ufffd', '\ud83d', '\udd8a', '🦊', 'é', '中', '{{x}}', '<y>', '${z}',
  ' begin atomic ', ' end ', ' case ', 'copy t from stdin;\n', '\n\\.\n', '\n\\i x\n', '\ncreate ', '\nselect ', ' as ', ' not ', ' null ', ' true ',
  ' public ', ' authenticated ', ' anon ', ' auth.uid() ', ' to ', ' using ', ' with check ',
];

type Mutation = (text: string, random: Random, texts: readonly string[]) => string;

/** A range of the text, mostly a short one. */
function range(text: string, random: Random): [start: number, end: number] {
  const start = random.below(text.length + 1);
  const size = random.below(random.below(4) === 0 ? 200 : 12);
  return [start, Math.min(text.length, start + size)];
}

function tokenRange(text: string, random: Random): [start: number, end: number] {
  const tokens = tokenize(text);
  if (tokens.length === 0) return [0, text.length];
  const first = random.below(tokens.length);
  const last = Math.min(tokens.length - 1, first + random.below(random.below(4) === 0 ? 8 : 1));
  return [tokens[first]!.start, tokens[last]!.end];
}

const either = (text: string, random: Random): [start: number, end: number] =>
  random.below(3) === 0 ? range(text, random) : tokenRange(text, random);

const splice = (text: string, [start, end]: [number, number], replacement: string): string =>
  text.slice(0, start) + replacement + text.slice(end);

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  remove: (text, random) => splice(text, either(text, random), ''),

  duplicate(text, random) {
    const [start, end] = either(text, random);
    return splice(text, [end, end], ` ${text.slice(start, end)} `);
  },

  swap(text, random) {
    const [one, other] = [tokenRange(text, random), tokenRange(text, random)];
    const [first, last] = one[0] < other[0] ? [one, other] : [other, one];
    if (first[1] > last[0]) return text;
    return splice(splice(text, last, text.slice(...first)), first, text.slice(...last));
  },

  takeFromAnother(text, random, texts) {
    const other = random.pick(texts);
    const at = random.below(text.length + 1);
    return splice(text, [at, at], ` ${other.slice(...either(other, random))} `);
  },

  insertOdd(text, random) {
    const at = random.below(text.length + 1);
    return splice(text, [at, at], random.pick(ODD_PIECES));
  },

  replaceByOdd: (text, random) => splice(text, tokenRange(text, random), random.pick(ODD_PIECES)),

  changeCase(text, random) {
    const where = either(text, random);
    const part = text.slice(...where);
    return splice(text, where, random.below(2) === 0 ? part.toUpperCase() : part.toLowerCase());
  },

  cutEnd: (text, random) => text.slice(0, random.below(text.length + 1)),
  cutStart: (text, random) => text.slice(random.below(text.length + 1)),
  join: (text, random, texts) => `${text.replace(/;\s*$/, '')}\n${random.pick(texts)}`,

  changeEnds: (text, random) =>
    text.replaceAll(random.below(2) === 0 ? '\n' : ';', random.pick(['\r\n', '\r', ' ', ';\n', ''])),
};

/** A text after one change. */
export function edited(text: string, random: Random, texts: readonly string[]): string {
  return random.pick(Object.values(MUTATIONS))(text, random, texts);
}

/** A text of a corpus after one to five changes, fewer more often. */
export function mutated(texts: readonly string[], random: Random): string {
  let text = random.pick(texts);
  for (let count = 1 + random.below(1 + random.below(5)); count > 0; count -= 1)
    text = edited(text, random, texts);
  return text;
}
