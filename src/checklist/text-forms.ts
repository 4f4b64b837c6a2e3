import { createHash } from 'node:crypto';

/**
 * What a text that a CHECK accepts looks like. Every form is made of the row's marker, so that rows differ; `plain` holds
 * it as it is.
 */
export const TEXT_FORMS = [
  'plain',
  'slug',
  'identifier',
  'email',
  'url',
  'path',
  'word',
  'lower',
  'upper',
  'digits',
  'hex',
  'color',
  'phone',
] as const;
export type TextForm = (typeof TEXT_FORMS)[number];

/** A form, and how many characters it is cut or filled up to. */
export interface TextShape {
  readonly form: TextForm;
  readonly length?: number;
}

/** A text of a shape; texts of different markers differ as far as their length allows. */
export function textOfShape({ form, length }: TextShape, marker: string): string {
  if (length === undefined) return render(form, marker);
  const whole = render(form, marker);
  if (whole.length === length) return whole;
  // The end of a marker alone may be all that tells two apart, so a shorter text is made of all of it.
  if (whole.length > length) {
    const origin = form === 'plain' && length >= 20 ? 'flux-rls ' : '';
    return (origin + render(SHORT[form] ?? form, marker)).slice(0, length);
  }
  return whole + fillUp(form, marker, length - whole.length);
}

const SHORT: Readonly<Partial<Record<TextForm, TextForm>>> = {
  plain: 'hex',
  slug: 'hex',
  identifier: 'word',
};

function fillUp(form: TextForm, marker: string, missing: number): string {
  const filling = form === 'plain' || form === 'slug' ? 'x' : render(SHORT[form] ?? form, marker);
  return filling.repeat(Math.ceil(missing / filling.length)).slice(0, missing);
}

function render(form: TextForm, marker: string): string {
  const words = marker.toLowerCase().split(/[^a-z0-9]+/);
  const digest = createHash('sha256').update(marker).digest('hex');
  const hash = digest.slice(0, 20);
  switch (form) {
    case 'plain':
      return marker;
    case 'slug':
      return words.join('-');
    case 'identifier':
      return words.join('_');
    case 'email':
      return `${words.join('-')}@example.com`;
    case 'url':
      return `https://example.com/${words.join('-')}`;
    case 'path':
      return `/${words.join('-')}`;
    case 'color':
      return `#${hash.slice(0, 6)}`;
    case 'phone':
      return `+1555${digitsOf(hash).slice(0, 7)}`;
    case 'word':
      return `x${hash}`;
    case 'lower':
      return lettersOf(hash);
    case 'upper':
      return lettersOf(hash).toUpperCase();
    case 'digits':
      return digitsOf(hash);
    case 'hex':
      return digest;
  }
}

function lettersOf(hash: string): string {
  return hash.replace(/\d/g, digit => 'ghijklmnop'.charAt(Number(digit)));
}

/** Without a leading zero. */
function digitsOf(hash: string): string {
  return `7${hash.replace(/[a-f]/g, letter => String(letter.charCodeAt(0) - 97))}`;
}
