/** What the page is made of; all of it comes from the extension's own folders. */
export interface PanelAssets {
  readonly cspSource: string;
  /** Fresh for every page. */
  readonly nonce: string;
  readonly script: string;
  readonly styles: readonly string[];
}

/** The panel's page: no data in it, one script, nothing from outside. State comes as a message after the script is up. */
export function panelHtml({ cspSource, nonce, script, styles }: PanelAssets): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="UTF-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta name="viewport" content="width=device-width, initial-scale=1.0">
  ${styles.map(href => `<link rel="stylesheet" href="${href}">`).join('\n  ')}
  <title>Flux RLS</title>
</head>
<body>
  <main id="root" aria-label="Flux RLS"></main>
  <script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
