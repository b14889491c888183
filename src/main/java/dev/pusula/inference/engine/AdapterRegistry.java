package dev.pusula.inference.engine;

import dev.pusula.inference.checkpoint.Checkpoint;
import dev.pusula.inference.checkpoint.CheckpointException;
import dev.pusula.inference.entity.AdapterChange;
import dev.pusula.inference.entity.ServedAdapter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The adapters that can be named, and those of them that are in memory. Memory is bounded: an
 * adapter that nobody uses makes room, the longest unused first, and is read again when it is
 * named. An adapter that was replaced or unloaded lives on until its last request ends.
 * Thread-safe; reading an adapter holds up only those who need one that is not in memory.
 */
final class AdapterRegistry {

  private final Function<Path, LoraAdapter> reader;
  private final long mostBytes;
  private final Map<String, Entry> entries = new TreeMap<>();
  private long bytes;
  private long uses;
  private long loads;
  private long evictions;

  /** One adapter under its name. */
  private static final class Entry {
    final Path folder;
    final String fingerprint;
    int rank;
    long bytes;
    @Nullable LoraAdapter resident;
    int users;
    long lastUse;
    boolean dropped;

    Entry(Path folder, String fingerprint) {
      this.folder = folder;
      this.fingerprint = fingerprint;
    }
  }

  /**
   * Empty.
   *
   * @param reader throws {@link CheckpointException} for an adapter that cannot be used
   * @param mostBytes bound on the memory of all adapters
   */
  AdapterRegistry(Function<Path, LoraAdapter> reader, long mostBytes) {
    this.reader = reader;
    this.mostBytes = mostBytes;
  }

  /** An adapter in use; closed once by whoever asked for it. */
  record Use(LoraAdapter adapter, Runnable end) implements AutoCloseable {
    @Override
    public void close() {
      end.run();
    }
  }

  /** Why an adapter cannot be used now. */
  static final class NoRoomException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoRoomException(String message) {
      super(message);
    }
  }

  /**
   * Takes an adapter into use, reading it if need be; empty if there is none of the name.
   *
   * @throws NoRoomException if adapters in use leave no room for it
   * @throws CheckpointException if its files have become unusable
   */
  Optional<Use> use(String name) {
    Entry entry = entry(name);
    if (entry == null) {
      return Optional.empty();
    }
    // One thread reads an adapter; others who need it wait for that one, and nobody else does.
    synchronized (entry) {
      Use use = takeResident(entry);
      return Optional.of(use == null ? admit(entry, reader.apply(entry.folder)) : use);
    }
  }

  private synchronized @Nullable Entry entry(String name) {
    return entries.get(name);
  }

  private synchronized @Nullable Use takeResident(Entry entry) {
    return entry.resident == null ? null : take(entry, entry.resident);
  }

  private synchronized Use admit(Entry entry, LoraAdapter adapter) {
    keep(entry, adapter);
    return take(entry, adapter);
  }

  private Use take(Entry entry, LoraAdapter adapter) {
    entry.users++;
    entry.lastUse = ++uses;
    return new Use(adapter, () -> release(entry));
  }

  private synchronized void release(Entry entry) {
    entry.users--;
    if (entry.users == 0 && entry.dropped) {
      evict(entry);
    }
  }

  /**
   * Serves a folder under a name.
   *
   * @throws CheckpointException if it cannot be used
   * @throws NoRoomException if adapters in use leave no room for it
   */
  AdapterChange.Loaded load(String name, Path folder) {
    return serve(name, new Entry(folder, Checkpoint.fingerprint(folder)), reader.apply(folder));
  }

  private synchronized AdapterChange.Loaded serve(String name, Entry entry, LoraAdapter adapter) {
    keep(entry, adapter);
    entry.lastUse = ++uses;
    Entry before = entries.put(name, entry);
    if (before != null) {
      drop(before);
    }
    return new AdapterChange.Loaded(served(name, entry), before != null);
  }

  /** The same, with what can go wrong as a result. */
  AdapterChange tryLoad(String name, Path folder) {
    try {
      return load(name, folder);
    } catch (CheckpointException | UncheckedIOException | NoRoomException e) {
      return new AdapterChange.Refused(String.valueOf(e.getMessage()));
    }
  }

  synchronized AdapterChange unload(String name) {
    Entry entry = entries.remove(name);
    if (entry == null) {
      return new AdapterChange.Missing(name);
    }
    drop(entry);
    return new AdapterChange.Unloaded(name);
  }

  synchronized List<ServedAdapter> served() {
    List<ServedAdapter> served = new ArrayList<>();
    entries.forEach((name, entry) -> served.add(served(name, entry)));
    return served;
  }

  synchronized long loads() {
    return loads;
  }

  synchronized long evictions() {
    return evictions;
  }

  private static ServedAdapter served(String name, Entry entry) {
    return new ServedAdapter(
        name, entry.rank, entry.bytes, entry.fingerprint, entry.resident != null);
  }

  private void drop(Entry entry) {
    entry.dropped = true;
    if (entry.users == 0) {
      evict(entry);
    }
  }

  private void keep(Entry entry, LoraAdapter adapter) {
    loads++;
    entry.rank = adapter.rank();
    entry.bytes = adapter.bytes();
    try {
      makeRoom(entry);
    } catch (NoRoomException e) {
      adapter.close();
      throw e;
    }
    entry.resident = adapter;
    bytes += entry.bytes;
  }

  private void makeRoom(Entry wanted) {
    while (bytes + wanted.bytes > mostBytes) {
      Entry longestUnused =
          entries.values().stream()
              .filter(entry -> entry.resident != null && entry.users == 0)
              .min(Comparator.comparingLong(entry -> entry.lastUse))
              .orElseThrow(
                  () ->
                      new NoRoomException(
                          "the adapter needs "
                              + wanted.bytes
                              + " bytes; adapters in use hold "
                              + bytes
                              + " of "
                              + mostBytes));
      evict(longestUnused);
      evictions++;
    }
  }

  private void evict(Entry entry) {
    LoraAdapter adapter = entry.resident;
    if (adapter != null) {
      entry.resident = null;
      bytes -= entry.bytes;
      adapter.close();
    }
  }
}
