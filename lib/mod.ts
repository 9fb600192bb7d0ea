/**
 * Atoll builds, runs and shares interactive web demos of models and functions.
 *
 * @module
 */
export {
  type Example,
  Interface,
  type InterfaceActions,
  type InterfaceFields,
  type InterfaceSpec,
} from "@/lib/recipes/interface.tsx";
export {
  Blocks,
  type BlocksSpec,
  type ContainerSlot,
  type Demo,
  type FieldSlot,
  type Page,
  type PageContext,
  type PageHost,
  type SlotOf,
} from "@/lib/demo/blocks.tsx";
export type { Binding, BoundAction, Following } from "@/lib/demo/bound.ts";
export {
  type Action,
  type ActionSpec,
  type AnyAction,
  type AnyActionSpec,
  type BatchContext,
  type Handler,
  load,
  on,
  type Progress,
  reset,
  type RunContext,
  type RunLog,
  type RunRequest,
  unload,
  update,
} from "@/lib/demo/action.ts";
export { type Cache, cached, type CacheOptions } from "@/lib/demo/cached.ts";
export type { BoundChecks, Check, Checks, SchemaResult, StandardSchema } from "@/lib/demo/check.ts";
export {
  type Remote,
  remote,
  type RemoteHandler,
  type RemoteOptions,
  type RemotePermissions,
  type RemoteProcessOptions,
  type RemoteResult,
  type RemoteWorkerOptions,
} from "@/lib/demo/remote.ts";
export {
  type CodecContext,
  type Component,
  component,
  type ComponentSpec,
  type Declare,
  type Details,
  type EventSpecs,
  type FormEntries,
  type Keeping,
  type PropsInput,
  type ReadExample,
  type StoredFile,
} from "@/lib/demo/component.ts";
export {
  container,
  type ContainerCommon,
  type ContainerInput,
  type ContainerSpec,
  type DeclareContainer,
} from "@/lib/demo/container.ts";
export { auth, type AuthOptions, requires } from "@/lib/gate/auth.ts";
export type { Account, AuthState } from "@/lib/gate/auth_state.ts";
export {
  type Known,
  type MaybePerson,
  type PasswordSource,
  type RedirectSource,
  usersFrom,
  type UsersFromOptions,
  type UserSource,
} from "@/lib/accounts/users.ts";
export type { SourceContext } from "@/lib/accounts/in_time.ts";
export { usersFile } from "@/lib/accounts/users_file.ts";
export type { Claims, IssuerFetch, OidcOptions } from "@/lib/accounts/oidc.ts";
export { oidc } from "@/lib/gate/auth_oidc.ts";
export type { Person, User } from "@/lib/value/user.ts";
export { Fault, type FaultCode, type FaultJson, type FaultOptions, FAULTS } from "@/lib/value/fault.ts";
export type {
  AnyComponent,
  AnyField,
  Carries,
  Changes,
  ContainerField,
  Contains,
  EventRef,
  Events,
  Field,
  Fields,
  Fixed,
  Given,
  In,
  InOf,
  NoOutputs,
  Out,
  OutOf,
  Props,
  PropsOf,
  Raised,
  Result,
  RunEvent,
  Slot,
  Taken,
  Update,
} from "@/lib/value/field.ts";
export type { FileRef } from "@/lib/value/file_ref.ts";
export type { Json, JsonObject } from "@/lib/value/json.ts";
export type {
  ActionPlan,
  CommonProps,
  CopyText,
  DoorProps,
  FieldPhase,
  FieldState,
  FieldStatus,
  PageGraph,
  UploadOptions,
  ViewProps,
} from "@/lib/value/page.ts";
export * from "@/components/mod.ts";
export * from "@/components/layout/mod.ts";
