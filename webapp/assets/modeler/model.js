// Reads and writes the properties of a diagram. Every write is one command, so that it can be undone as one.
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { named } from './references.js';

const SEVERAL = 'fundcase.several';

export class Model {
  constructor(modeler) {
    this.modeling = modeler.get('modeling');
    this.factory = modeler.get('bpmnFactory');
    this.moddle = modeler.get('moddle');
    this.stack = modeler.get('commandStack');
    this.modeler = modeler;
    this.stack.registerHandler(SEVERAL, Several);
  }

  get definitions() {
    return this.modeler.getDefinitions();
  }

  /** Several writes that are undone together. */
  several(...steps) {
    this.stack.execute(SEVERAL, { steps });
  }

  create(type, properties, parent) {
    const made = this.factory.create(type, properties);
    if (parent) made.$parent = parent;
    return made;
  }

  write(element, owner, properties) {
    this.modeling.updateModdleProperties(element, owner, properties);
  }

  /** The extension element of a type that an object has. */
  extension(owner, type) {
    return owner.extensionElements?.get('values').find((one) => is(one, `spiffworkflow:${type}`));
  }

  /** Give an object an extension element, another one in its place, or none. */
  setExtension(element, owner, type, properties) {
    const holder = owner.extensionElements ?? this.create('bpmn:ExtensionElements', { values: [] }, owner);
    const before = this.extension(owner, type);
    const made = properties && this.create(`spiffworkflow:${type}`, properties, holder);
    const kept = holder.get('values').map((one) => (one === before ? made : one)).filter(Boolean);
    const values = made && !before ? [...kept, made] : kept;
    for (const list of Object.values(properties ?? {}).filter(Array.isArray)) for (const one of list) one.$parent = made;
    if (owner.extensionElements) this.write(element, ...(values.length ? [holder, { values }] : [owner, { extensionElements: undefined }]));
    else if (values.length) this.write(element, owner, { extensionElements: Object.assign(holder, { values }) });
  }

  /** The text of an extension element. */
  text(owner, type) {
    return this.extension(owner, type)?.value ?? '';
  }

  setText(element, owner, type, value) {
    this.setExtension(element, owner, type, value ? { value } : null);
  }

  /** A value in `properties` or `taskMetadataValues`. */
  pair(owner, kind, name) {
    return this.extension(owner, kind.holder)?.get(kind.list).find((one) => one.name === name)?.value ?? '';
  }

  setPair(element, owner, kind, name, value) {
    const holder = this.extension(owner, kind.holder);
    const before = holder?.get(kind.list) ?? [];
    const made = value ? this.create(`spiffworkflow:${kind.item}`, { name, value }) : null;
    const known = before.some((one) => one.name === name);
    const kept = before.map((one) => (one.name === name ? made : one)).filter(Boolean);
    const list = made && !known ? [...kept, made] : kept;
    if (!list.length) this.setExtension(element, owner, kind.holder, null);
    else if (holder) {
      if (made) made.$parent = holder;
      this.write(element, holder, { [kind.list]: list });
    } else this.setExtension(element, owner, kind.holder, { [kind.list]: list });
  }

  /** An expression that is the text of an element, such as a condition. */
  setExpression(element, owner, name, body) {
    const before = owner.get(name);
    if (!body) this.write(element, owner, { [name]: undefined });
    else if (before?.$type) this.write(element, before, { body });
    else this.write(element, owner, { [name]: this.create('bpmn:FormalExpression', { body }, owner) });
  }

  /** The messages, signals or errors of the file. */
  roots(type) {
    return this.definitions.get('rootElements').filter((one) => is(one, type));
  }

  /** Let an event refer to the message, signal or error that says this; one that is new is made. */
  refer(element, owner, reference, type, said, value) {
    const definitions = this.definitions;
    const known = this.roots(type).find((one) => one.get(said) === value);
    if (!value || known) return this.write(element, owner, { [reference]: value ? known : undefined });
    const id = `${type.slice(5)}_${value.replace(/[^\w]+/g, '_')}`;
    const taken = this.roots(type).some((one) => one.id === id);
    const made = this.create(type, { id: taken ? this.moddle.ids.nextPrefixed(`${id}_`) : id, name: value, [said]: value }, definitions);
    return this.several(
      () => this.write(element, definitions, { rootElements: [made, ...definitions.get('rootElements')] }),
      () => this.write(element, owner, { [reference]: made }),
    );
  }

  /** Something that is only written as its name: the list that a multi-instance goes through. */
  named(id) {
    return id ? named(this.moddle, id) : undefined;
  }
}

export const PROPERTIES = { holder: 'Properties', list: 'properties', item: 'Property' };
export const METADATA = { holder: 'TaskMetadataValues', list: 'values', item: 'TaskMetadataValue' };

class Several {
  preExecute({ steps }) {
    steps.forEach((step) => step());
  }
}
