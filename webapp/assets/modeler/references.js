// References to what is nowhere in the file, such as the plain names of a multi-instance's lists: the parser leaves
// them out, and saving would drop them. Each becomes a stand-in with that id, which is written as it was read.
const DRAWN = /(sourceRef|targetRef|bpmnElement|attachedToRef|incoming|outgoing)$/;

export function keepReferences(modeler) {
  modeler.on('import.parse.complete', 2000, ({ references = [], elementsById = {} }) => {
    const moddle = modeler.get('moddle');
    for (const { element, property, id } of references) {
      if (elementsById[id] || DRAWN.test(property)) continue;
      const descriptor = element.$descriptor.propertiesByName[property];
      const standIn = named(moddle, id);
      if (descriptor?.isMany) element.get(property).push(standIn);
      else element.set(property, standIn);
    }
  });
}

/** Something that is only written as its name. */
export function named(moddle, id) {
  return moddle.create('bpmn:DataObject', { id });
}

/** Keep what the file draws but this editor cannot, such as processes outside of the shown collaboration. */
export function keepUndrawn(modeler) {
  let undrawn = [];
  modeler.on('import.done', ({ error }) => {
    const drawn = new Set(modeler.get('elementRegistry').getAll().map((element) => element.di));
    const planes = error ? [] : modeler.getDefinitions().get('diagrams').map(({ plane }) => plane);
    undrawn = planes.flatMap((plane) => plane.get('planeElement').filter((one) => !drawn.has(one)).map((one) => ({ plane, one })));
  });
  modeler.on('saveXML.start', 100, () => undrawn.forEach(({ plane, one }) => {
    if (!plane.get('planeElement').includes(one)) plane.get('planeElement').push(one);
  }));
}

/** A file as the parser can take it: it would write the two signs of a line's end in a name back as a blank. */
export function plainLines(text) {
  return text.replace(/&#(xD|13);&#(xA|10);/gi, '&#10;');
}
