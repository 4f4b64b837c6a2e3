import path from 'node:path';

/** The folder that holds package.json. */
export const REPOSITORY = path.resolve(__dirname, '../..');

/** Where VS Code is kept between runs; `@vscode/test-electron` uses the same folder. */
export const VSCODE_CACHE = path.join(REPOSITORY, '.vscode-test');
