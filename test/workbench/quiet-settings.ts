/** A VS Code setting's value, by its key. */
export type Settings = Readonly<Record<string, unknown>>;

/** User settings without greetings, suggestions, accounts and animations, so that only the extension has news. */
export const QUIET_SETTINGS: Settings = {
  'chat.agent.enabled': false,
  'chat.commandCenter.enabled': false,
  'chat.disableAIFeatures': true,
  'editor.cursorBlinking': 'solid',
  'editor.minimap.enabled': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  // The desktop's default. The web workbench saves by itself, and nothing would ever look unsaved.
  'files.autoSave': 'off',
  'files.hotExit': 'off',
  'files.simpleDialog.enable': true,
  'git.enabled': false,
  'remote.autoForwardPorts': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'window.autoDetectColorScheme': false,
  'window.commandCenter': false,
  'window.confirmBeforeClose': 'never',
  'window.menuBarVisibility': 'compact',
  'window.restoreWindows': 'none',
  'workbench.enableExperiments': false,
  'workbench.layoutControl.enabled': false,
  // A webview that loads late takes the focus, and would close the palette somebody is typing into.
  'workbench.quickOpen.closeOnFocusLost': false,
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.settings.enableNaturalLanguageSearch': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.experimentalOnboarding': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
};
