import { curlRequest, headersOf, urlOf, type GatewayRequest } from './curl';

/** What a token can be copied as. */
export const COPY_FORMS = ['token', 'header', 'curl', 'http', 'fetch'] as const;
export type CopyForm = (typeof COPY_FORMS)[number];

/** A form for which the gateway has to be known. */
export function isRequestForm(form: CopyForm): boolean {
  return form !== 'token' && form !== 'header';
}

/**
 * The text for the clipboard; the only place where a token becomes part of a text.
 * @param request read only for the forms that ask something
 */
export function copyText(form: CopyForm, token: string, request: Omit<GatewayRequest, 'token'>): string {
  switch (form) {
    case 'token':
      return token;
    case 'header':
      return `Authorization: Bearer ${token}`;
    case 'curl':
      return curlRequest({ ...request, token });
    case 'http':
      return httpBlock({ ...request, token });
    case 'fetch':
      return fetchCall({ ...request, token });
  }
}

/** A block for the REST clients of editors. */
function httpBlock(request: GatewayRequest): string {
  const { method, body = '' } = request;
  const lines = [`${method} ${urlOf(request)}`, ...allHeaders(request)];
  return [...lines, ...(body === '' ? [] : ['', body]), ''].join('\n');
}

function fetchCall(request: GatewayRequest): string {
  const { method, body = '' } = request;
  const headers = allHeaders(request).map(header => {
    const colon = header.indexOf(':');
    return `    ${JSON.stringify(header.slice(0, colon))}: ${JSON.stringify(header.slice(colon + 1).trim())},`;
  });
  return [
    `const response = await fetch(${JSON.stringify(urlOf(request))}, {`,
    ...(method === 'GET' ? [] : [`  method: ${JSON.stringify(method)},`]),
    '  headers: {',
    ...headers,
    '  },',
    ...(body === '' ? [] : [`  body: ${JSON.stringify(body)},`]),
    '});',
  ].join('\n');
}

function allHeaders(request: GatewayRequest): string[] {
  const { token } = request;
  return [...(token === undefined ? [] : [`Authorization: Bearer ${token}`]), ...headersOf(request)];
}
