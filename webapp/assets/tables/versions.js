// dmn-js reads one version of the standard, DMN 1.3; files of 1.2, 1.4 and 1.5 differ from it in the addresses of their
// namespaces. A file keeps its version when it is saved.
const READ = '20191111';
const VERSION = /(https?:\/\/www\.omg\.org\/spec\/DMN\/)(20180521|20211108|20230324)(\/(?:MODEL|DMNDI|FEEL)\/)/g;

/** A text as dmn-js reads it, and how a text of dmn-js is brought back to the version of the file. */
export function versioned(text) {
  const [, start, version] = [...text.matchAll(VERSION)].find(([, , , part]) => part === '/MODEL/') ?? [];
  if (!version) return { text, back: (saved) => saved };
  const ours = `https://www.omg.org/spec/DMN/${READ}`;
  return {
    text: text.replaceAll(VERSION, (whole, before, found, part) => `${ours}${part}`),
    back: (saved) => saved.replaceAll(/https:\/\/www\.omg\.org\/spec\/DMN\/20191111(\/(?:MODEL|DMNDI|FEEL)\/)/g, `${start}${version}$1`),
  };
}
