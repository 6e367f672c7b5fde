/** As much of Vue's types as public/client/vue.d.ts names: Vue itself is not at hand where types are checked. */
declare module "vue" {
  export interface Ref<Value = any> {
    value: Value;
  }
  export interface ShallowRef<Value = any> extends Ref<Value> {
    readonly shallow?: true;
  }
  export interface ComputedRef<Value = any> {
    readonly value: Value;
  }
  export type MaybeRefOrGetter<Value = any> =
    | Value | Ref<Value> | ShallowRef<Value> | ComputedRef<Value> | (() => Value);
  export function computed<Value>(getter: () => Value): ComputedRef<Value>;
  export function getCurrentInstance(): object | null;
  export function markRaw<Value extends object>(value: Value): Value;
  export function onMounted(hook: () => void): void;
  export function onScopeDispose(body: () => void): void;
  export function ref<Value>(value: Value): Ref<Value>;
  export function shallowRef<Value>(value: Value): ShallowRef<Value>;
  export function unref<Value>(source: Value | Ref<Value>): Value;
  export function watch<Value>(
    source: any,
    effect: (value: Value) => void,
    options?: { immediate?: boolean; flush?: "pre" | "post" | "sync" },
  ): () => void;
}
