import { isServerCode } from './explain-known-texts';

/** What the body of an answer tells. */
export interface ErrorBody {
  readonly kind: 'none' | 'rows' | 'object' | 'empty object' | 'html' | 'text';
  readonly code?: string;
  readonly message?: string;
  readonly details?: string | null;
  readonly hint?: string;
  /** A status that the object of a client library carries. */
  readonly status?: number;
  readonly rows?: number;
  /** `{"error": "…"}`, the form of the gateway and of many apps. */
  readonly isGatewayForm?: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads a body: JSON, what a console prints of an object, HTML, or a text. */
export function readErrorBody(text: string): ErrorBody {
  const body = text.trim();
  if (body === '') return { kind: 'none' };
  if (/^\s*<(?:!doctype|html|head|body|center|h1)\b/i.test(body)) return { kind: 'html', ...titleOf(body) };
  const json = jsonIn(body);
  if (Array.isArray(json)) return { kind: 'rows', rows: json.length };
  if (isFields(json)) return ofFields(json);
  const printed = printedFields(body);
  return printed ? ofFields(printed) : { kind: 'text' };
}

function titleOf(html: string): Pick<ErrorBody, 'message'> {
  const title = /<(title|h1)[^>]*>([^<]{1,200})</i.exec(html)?.[2]?.trim();
  return title === undefined || title === '' ? {} : { message: title };
}

/** The whole text as JSON, else the first array or object in it. */
function jsonIn(text: string): unknown {
  const whole = parsed(text);
  if (whole !== undefined) return whole;
  const start = text.search(/[[{]/);
  if (start === -1) return undefined;
  const end = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'));
  const inner = end > start ? parsed(text.slice(start, end + 1)) : undefined;
  return Array.isArray(inner) || isFields(inner) ? inner : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const PRINTED =
  /(?:^|[{,\s])["']?(code|details|hint|message|error|status|statusCode)["']?\s*:\s*("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|null|undefined|\d+)/g;

/** `{ code: '42501', details: null, … }` as consoles print objects, stack or not. */
function printedFields(text: string): Fields | undefined {
  const fields: Record<string, unknown> = {};
  for (const [, name = '', value = ''] of text.matchAll(PRINTED)) {
    if (name in fields) continue;
    if (/^["'`]/.test(value)) fields[name] = value.slice(1, -1).replace(/\\(["'`\\])/g, '$1');
    else if (value === 'null') fields[name] = null;
    else if (/^\d/.test(value)) fields[name] = Number(value);
  }
  if (!('code' in fields) && !('message' in fields) && !('error' in fields)) return undefined;
  const named = /(?:^|\n)\s*(?:Uncaught\s+)?(?:\w*Error)\s*:\s*([^\n{]+)/.exec(text)?.[1]?.trim();
  return 'message' in fields || named === undefined ? fields : { ...fields, message: named };
}

/** The error itself may stand in the object of a client library: `error`, `response.data`, `data`. */
function ofFields(outer: Fields): ErrorBody {
  if (Object.keys(outer).length === 0) return { kind: 'empty object' };
  const layers = [outer];
  for (const fields of layers)
    for (const name of ['error', 'response', 'data', 'body', 'cause'])
      if (layers.length < 20 && isFields(fields[name])) layers.push(fields[name]);
  const status = layers
    .map(({ status: own, statusCode }) => (typeof own === 'number' ? own : statusCode))
    .find(value => typeof value === 'number' && value >= 100 && value <= 599);
  const found: Pick<ErrorBody, 'status'> = typeof status === 'number' ? { status } : {};
  const error =
    layers.find(
      ({ code, message }) => typeof code === 'string' && isServerCode(code) && typeof message === 'string',
    ) ?? layers.find(({ code }) => typeof code === 'string' && isServerCode(code));
  if (error) return { kind: 'object', ...found, ...ofError(error) };
  const said = layers.findLast(fields => typeof fields.error === 'string');
  if (said) return { kind: 'object', ...found, message: String(said.error), isGatewayForm: true };
  const data = outer.data;
  if (Array.isArray(data) && (outer.error === null || outer.error === undefined))
    return { kind: 'rows', ...found, rows: data.length };
  const spoken = layers.findLast(({ message }) => typeof message === 'string');
  return { kind: 'object', ...found, ...(spoken && ofError(spoken)) };
}

function ofError({ code, message, details, hint }: Fields): Partial<ErrorBody> {
  return {
    ...(typeof code === 'string' && isServerCode(code) && { code }),
    ...(typeof message === 'string' && { message }),
    ...((typeof details === 'string' || details === null) && { details }),
    ...(typeof hint === 'string' && { hint }),
  };
}
