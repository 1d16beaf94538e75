// What the fields of the panel read and write: each is `{ get(), set(value) }` of one element.
import { METADATA, PROPERTIES } from './model.js';

/** The accessors of an element; `owner` is what carries its properties, for a pool its process. */
export function accessors(model, element, owner) {
  const pairs = (kind) => (name) => ({
    get: () => model.pair(owner, kind, name),
    set: (value) => model.setPair(element, owner, kind, name, value),
  });
  return {
    property: pairs(PROPERTIES),
    metadata: pairs(METADATA),
    text: (type, holder = owner) => ({
      get: () => model.text(holder, type),
      set: (value) => model.setText(element, holder, type, value),
    }),
    attribute: (name, holder = owner) => ({
      get: () => holder.get(name) ?? '',
      set: (value) => model.write(element, holder, { [name]: value || undefined }),
    }),
    name: () => ({
      get: () => owner.get('name') ?? '',
      set: (value) => (owner === element.businessObject
        ? model.modeling.updateProperties(element, { name: value || undefined })
        : model.write(element, owner, { name: value || undefined })),
    }),
    id: () => ({
      get: () => owner.id,
      set: (value) => (owner === element.businessObject
        ? model.modeling.updateProperties(element, { id: value })
        : model.write(element, owner, { id: value })),
    }),
    documentation: () => ({
      get: () => owner.get('documentation')[0]?.text ?? '',
      set: (text) => documented(model, element, owner, text),
    }),
    expression: (name, holder = owner) => ({
      get: () => holder.get(name)?.body ?? '',
      set: (value) => model.setExpression(element, holder, name, value),
    }),
    reference: (name, type, said, holder) => ({
      get: () => holder.get(name)?.get(said) ?? '',
      set: (value) => model.refer(element, holder, name, type, said, value),
    }),
    flag: (name, holder = owner) => ({
      get: () => holder.get(name) !== false,
      set: (value) => model.write(element, holder, { [name]: value }),
    }),
    named: (name, holder) => ({
      get: () => holder.get(name)?.id ?? '',
      set: (value) => model.write(element, holder, { [name]: model.named(value) }),
    }),
    item: (name, type, holder) => ({
      get: () => holder.get(name)?.id ?? '',
      set: (value) => model.write(element, holder, { [name]: value ? model.create(type, { id: value }, holder) : undefined }),
    }),
  };
}

function documented(model, element, owner, text) {
  const before = owner.get('documentation');
  if (!text) return model.write(element, owner, { documentation: before.slice(1) });
  if (before.length) return model.write(element, before[0], { text });
  return model.write(element, owner, { documentation: [model.create('bpmn:Documentation', { text }, owner)] });
}

/** The operator of a service task. */
export function operatorOf(model, element, owner) {
  const now = () => model.extension(owner, 'ServiceTaskOperator');
  const given = () => now()?.get('parameterList')?.get('parameters') ?? [];
  const write = (id, resultVariable, parameters) => {
    const list = parameters.length || now()?.parameterList ? model.create('spiffworkflow:Parameters', { parameters }) : undefined;
    parameters.forEach((one) => { one.$parent = list; });
    const properties = { id, resultVariable, ...(list && { parameterList: list }) };
    model.setExtension(element, owner, 'ServiceTaskOperator', id ? properties : null);
  };
  return {
    id: { get: () => now()?.id ?? '', set: (id) => write(id, now()?.resultVariable, given()) },
    result: { get: () => now()?.resultVariable ?? '', set: (name) => write(now()?.id, name || undefined, given()) },
    parameters: () => given().map((one) => one.id),
    parameter: (id, type) => ({
      get: () => given().find((one) => one.id === id)?.value ?? '',
      set: (value) => {
        const known = given().find((one) => one.id === id);
        const made = value ? model.create('spiffworkflow:Parameter', { id, type: known?.type ?? type, value }) : null;
        const kept = given().map((one) => (one.id === id ? made : one)).filter(Boolean);
        write(now().id, now().resultVariable, made && !known ? [...kept, made] : kept);
      },
    }),
  };
}
