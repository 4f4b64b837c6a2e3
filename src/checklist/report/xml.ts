/** An element with text on lines of its own, or none without text. */
export function element(indent: string, name: string, text: string): string[] {
  return text === '' ? [] : [`${indent}<${name}>${content(text)}</${name}>`];
}

/** Attributes of a tag, with the blank before each. */
export function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${attribute(value)}"`)
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text between tags; `>` is escaped for the sake of `]]>`. */
export function content(text: string): string {
  return legal(text).replace(/[&<>"]/g, mark => ENTITIES[mark] ?? mark);
}

/** A parser makes blanks of the line breaks in an attribute unless they are written as references. */
function attribute(text: string): string {
  return content(text).replace(/[\t\n\r]/g, mark => `&#${mark.charCodeAt(0)};`);
}

/** XML has no way to write most control characters, nor half of a surrogate pair. */
function legal(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\t\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
}
