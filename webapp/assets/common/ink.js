// What the libraries draw with: our tokens, so that a drawing follows the theme.
export const INK = { defaultFillColor: 'var(--surface)', defaultStrokeColor: 'var(--drawn)', defaultLabelColor: 'var(--ink)' };
