/**
 * As much of React as the hooks need, for one component: it renders when told or when a hook asks, then runs the
 * effects; at first twice, as in StrictMode. `isServer`: it renders once, without effects. Real React is in the
 * browser's tests.
 */
export class Stage {
  renders = 0;
  output;
  #component;
  #isServer;
  #slots = [];
  #next = 0;
  #isDirty = false;

  constructor(component, { isServer = false } = {}) {
    this.#component = component;
    this.#isServer = isServer;
  }

  /** The hooks, to be handed to `reactHooks`. */
  react = {
    useState: (initial) => {
      const slot = this.#slot(() => ({ value: typeof initial === "function" ? initial() : initial }));
      slot.set ??= (value) => {
        this.#isDirty ||= !Object.is(value, slot.value);
        slot.value = value;
      };
      return [slot.value, slot.set];
    },
    useMemo: (make, dependencies) => {
      const slot = this.#slot(() => ({}));
      if (changed(slot.dependencies, dependencies)) Object.assign(slot, { value: make(), dependencies });
      return slot.value;
    },
    useEffect: (effect, dependencies) => {
      const slot = this.#slot(() => ({}));
      if (changed(slot.dependencies, dependencies)) Object.assign(slot, { effect, isDue: true, dependencies });
    },
    useSyncExternalStore: (subscribe, getSnapshot, getServerSnapshot) => {
      if (this.#isServer) return getServerSnapshot();
      const slot = this.#slot(() => ({ check: () => Object.is(slot.shown, slot.getSnapshot()) || this.render() }));
      Object.assign(slot, { getSnapshot, shown: getSnapshot() });
      this.react.useEffect(() => subscribe(slot.check), [subscribe]);
      this.react.useEffect(() => void slot.check());
      return slot.shown;
    },
  };

  /** Renders until nothing asks for another, then runs what is due. */
  render() {
    do {
      this.#isDirty = false;
      this.#next = 0;
      this.renders += 1;
      this.output = this.#component();
    } while (this.#isDirty);
    if (this.#isServer) return;
    const isFirst = this.#slots.every(({ wasRun }) => !wasRun);
    this.#run(this.#slots.filter(({ isDue }) => isDue));
    if (isFirst) {
      this.unmount();
      this.#run(this.#slots.filter(({ effect }) => effect));
    }
  }

  unmount() {
    for (const slot of this.#slots) slot.undo?.();
  }

  #run(slots) {
    for (const slot of slots) {
      if (slot.isDue && slot.wasRun) slot.undo?.();
      Object.assign(slot, { isDue: false, wasRun: true });
      slot.undo = slot.effect();
    }
  }

  #slot(make) {
    const index = this.#next;
    this.#next += 1;
    return (this.#slots[index] ??= make());
  }
}

function changed(before, now) {
  return before === undefined || now === undefined || now.some((value, index) => !Object.is(value, before[index]));
}
