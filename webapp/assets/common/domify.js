// `domify` of the libraries, under a policy that allows no style attribute in markup: the same styles are set through
// the style sheet object model, which it does allow.
import domify from 'domify';

export default function withStyles(html, ...more) {
  const made = domify(html.replace(/(<[^>]*?)\sstyle="/g, '$1 data-styled="'), ...more);
  const root = made.querySelectorAll ? made : null;
  for (const one of root ? [made, ...root.querySelectorAll('[data-styled]')] : []) {
    const given = one.getAttribute?.('data-styled');
    if (given) one.style.cssText = given;
  }
  return made;
}
