package dev.pusula.inference.entity;

/** What came of loading or unloading an adapter. */
public sealed interface AdapterChange {

  /**
   * It can be named from now on.
   *
   * @param adapter what was loaded
   * @param replaced whether another of its name served before; requests under way keep that one
   */
  record Loaded(ServedAdapter adapter, boolean replaced) implements AdapterChange {}

  /** It can no longer be named; requests under way keep it to their end. */
  record Unloaded(String name) implements AdapterChange {}

  /** There is no adapter of this name. */
  record Missing(String name) implements AdapterChange {}

  /**
   * It cannot be used; what served before serves on.
   *
   * @param reason naming the file, field or tensor at fault, or the memory that is lacking
   */
  record Refused(String reason) implements AdapterChange {}

  /**
   * This backend's adapters cannot be changed.
   *
   * @param reason why
   */
  record Unsupported(String reason) implements AdapterChange {}
}
