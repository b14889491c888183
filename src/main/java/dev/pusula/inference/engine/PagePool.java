package dev.pusula.inference.engine;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who holds which page of keys and values. Pages whose positions are all written can be published
 * under what they hold; a later sequence that begins the same shares them instead of computing
 * them. A published page that nobody holds stays until its room is needed, the longest unused
 * first. Not thread-safe.
 *
 * <p>What a page holds is told by its own tokens and by the page before it, down to a root for the
 * adapters that computed it: compared token by token, never by a hash alone.
 */
final class PagePool {

  /** Combinations of adapters and weights whose beginnings are remembered. */
  private static final int ROOTS = 1024;

  private final int[] free;
  private int freePages;
  private final int[] holders;
  private final @Nullable Beginning[] published;
  private final Map<Beginning, Integer> index = new HashMap<>();
  private final LinkedHashSet<Integer> unused = new LinkedHashSet<>();
  private long nextNode;

  private final Map<List<Object>, Long> roots =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<Object>, Long> eldest) {
          return size() > ROOTS;
        }
      };

  /**
   * A full page.
   *
   * @param parent node of the page before it, or a root
   * @param tokens PAGE of them
   * @param node its own number
   */
  private record Beginning(long parent, int[] tokens, long node) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Beginning b && b.parent == parent && Arrays.equals(b.tokens, tokens);
    }

    @Override
    public int hashCode() {
      return 31 * Long.hashCode(parent) + Arrays.hashCode(tokens);
    }
  }

  PagePool(int pages) {
    free = new int[pages];
    holders = new int[pages];
    published = new Beginning[pages];
    for (int i = 0; i < pages; i++) {
      free[i] = pages - 1 - i;
    }
    freePages = pages;
  }

  int pages() {
    return holders.length;
  }

  /** Pages that {@link #take} could give out. */
  int available() {
    return freePages + unused.size();
  }

  /** Published pages that nobody holds. */
  int cached() {
    return unused.size();
  }

  /** A page for one holder; −1 if there is none. */
  int take() {
    if (freePages == 0) {
      if (unused.isEmpty()) {
        return -1;
      }
      int oldest = unused.iterator().next();
      unused.remove(oldest);
      index.remove(published[oldest]);
      published[oldest] = null;
      free[freePages++] = oldest;
    }
    int page = free[--freePages];
    holders[page] = 1;
    return page;
  }

  /** One holder fewer. */
  void release(int page) {
    if (holders[page] < 1) {
      throw new IllegalStateException("page " + page + " is held by nobody");
    }
    if (--holders[page] == 0) {
      if (published[page] == null) {
        free[freePages++] = page;
      } else {
        unused.add(page);
      }
    }
  }

  /** The node that beginnings with these adapters start from. */
  long root(List<Object> adapters) {
    return roots.computeIfAbsent(adapters, key -> nextNode++);
  }

  /**
   * The page that continues a node with these tokens, for one more holder; −1 if there is none.
   *
   * @param from where the page's tokens start
   */
  int share(long parent, int[] tokens, int from) {
    Integer page = index.get(beginning(parent, tokens, from));
    if (page == null) {
      return -1;
    }
    if (holders[page]++ == 0) {
      unused.remove(page);
    }
    return page;
  }

  /** The node of a published page. */
  long node(int page) {
    Beginning beginning = published[page];
    if (beginning == null) {
      throw new IllegalStateException("page " + page + " is not published");
    }
    return beginning.node;
  }

  /**
   * Lets others find a full page; returns its node. Where another page with the same beginning is
   * known already, that one's node comes back and this page stays its holder's own.
   */
  long publish(long parent, int[] tokens, int from, int page) {
    Beginning beginning = beginning(parent, tokens, from);
    Integer known = index.putIfAbsent(beginning, page);
    if (known != null) {
      return node(known);
    }
    published[page] = beginning;
    return beginning.node;
  }

  private Beginning beginning(long parent, int[] tokens, int from) {
    return new Beginning(parent, Arrays.copyOfRange(tokens, from, from + Device.PAGE), nextNode++);
  }
}
