package dev.pusula.inference.engine;

/**
 * The rows of one forward pass: tokens of many sequences, each with its position, its sequence's
 * pages and its adapters. Rows of one sequence lie together in the order of their positions. Reused
 * from step to step; not thread-safe.
 */
public final class Batch {

  private final int[] tokens;
  private final int[] positions;
  private final int[][] pages;
  private final Applied[][] adapters;
  private final int[] wanted;
  private int rows;
  private int wantedRows;

  /**
   * An adapter in one request.
   *
   * @param adapter its matrices
   * @param weight on its own scale
   */
  record Applied(LoraAdapter adapter, float weight) {}

  private Batch(int capacity) {
    tokens = new int[capacity];
    positions = new int[capacity];
    pages = new int[capacity][];
    adapters = new Applied[capacity][];
    wanted = new int[capacity];
  }

  /** With room for so many rows. */
  public static Batch of(int capacity) {
    return new Batch(capacity);
  }

  void clear() {
    rows = 0;
    wantedRows = 0;
  }

  /**
   * Adds a row.
   *
   * @param table the sequence's pages in order; read, not copied
   * @param applied its adapters; the same array for every row of a sequence
   * @param logits whether the next token is wanted
   */
  void add(int token, int position, int[] table, Applied[] applied, boolean logits) {
    tokens[rows] = token;
    positions[rows] = position;
    pages[rows] = table;
    adapters[rows] = applied;
    if (logits) {
      wanted[wantedRows++] = rows;
    }
    rows++;
  }

  /** Rows in use. */
  public int rows() {
    return rows;
  }

  /** A row's token. */
  public int token(int row) {
    return tokens[row];
  }

  /** A row's place in its sequence, from 0. */
  public int position(int row) {
    return positions[row];
  }

  /** The pages of a row's sequence; position p lies in {@code pages[p / PAGE]}. */
  public int[] pages(int row) {
    return pages[row];
  }

  /** Number of adapters of a row. */
  public int adapters(int row) {
    return adapters[row].length;
  }

  /**
   * Whether two rows have one array of adapters: rows of one sequence, or the same adapter alone.
   */
  public boolean sameAdapters(int row, int other) {
    return adapters[row] == adapters[other];
  }

  /** One of a row's adapters on the device. */
  public Device.Adapter adapter(int row, int adapter) {
    return adapters[row][adapter].adapter.onDevice();
  }

  /** An adapter's weight in a row. */
  public float weight(int row, int adapter) {
    return adapters[row][adapter].weight;
  }

  /** The rows whose logits are wanted, ascending; the first {@link #wantedRows} count. */
  public int[] wanted() {
    return wanted;
  }

  /** How many rows' logits are wanted. */
  public int wantedRows() {
    return wantedRows;
  }
}
