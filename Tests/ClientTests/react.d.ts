/** As much of React's types as the examples in docs/client.md name: React itself is not at hand for that. */
declare module "react" {
  export function useEffect(effect: () => void | (() => void), dependencies?: readonly unknown[]): void;
  export function useMemo<Value>(make: () => Value, dependencies: readonly unknown[]): Value;
  export function useState<Value>(initial: Value | (() => Value)): [Value, (value: Value) => void];
  export function useSyncExternalStore<Snapshot>(
    subscribe: (listener: () => void) => () => void,
    getSnapshot: () => Snapshot,
    getServerSnapshot?: () => Snapshot,
  ): Snapshot;
}

/** What may stand between two tags. */
type Shown = string | number | boolean | null | undefined | JSX.Element | readonly Shown[];

declare namespace JSX {
  interface Element {
    readonly isElement: true;
  }
  interface ElementChildrenAttribute {
    children: Shown;
  }
  interface IntrinsicElements {
    p: { children?: Shown; key?: string; className?: string; role?: string };
    form: { children?: Shown; onSubmit?: (event: { preventDefault(): void }) => void };
    input: { required?: boolean; value?: string; onChange?: (event: { target: { value: string } }) => void };
    button: { children?: Shown; type?: "button" | "submit"; onClick?: () => void };
  }
}
