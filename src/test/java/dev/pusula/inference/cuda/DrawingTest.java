package dev.pusula.inference.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pusula.inference.entity.Sampling;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The GPU's draw beside the formula, in double precision over sorted logits. */
class DrawingTest {

  private static final int ROWS = 2;
  private static final int VOCABULARY = 1_500;

  private static final Map<Integer, List<Integer>> ORDERS = new HashMap<>();

  private static Gpu gpu;
  private static float[] logits;
  private static CudaBuffer buffer;
  private static Memory largest;

  @BeforeAll
  static void standIn() {
    StandIn.require();
    gpu = new Gpu();
    SplittableRandom random = new SplittableRandom(4);
    logits = new float[ROWS * VOCABULARY];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) random.nextDouble(-6, 6);
    }
    buffer = new CudaBuffer(ROWS, VOCABULARY, VOCABULARY, false, Packing.floats(gpu, logits));
    ByteBuffer places = Packing.buffer(4 * ROWS);
    for (int row = 0; row < ROWS; row++) {
      places.putInt(order(row).get(0));
    }
    largest = gpu.uploaded(places.flip());
  }

  @AfterAll
  static void close() {
    if (gpu != null) {
      gpu.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0.7, 0, 1, 0",
    "1.3, 40, 1, 0",
    "1, 0, 0.9, 0",
    "1, 0, 1, 0.05",
    "0.9, 100, 0.8, 0.01",
    "1, 1, 1, 0",
    "2, 0, 0.01, 0",
    "1, 5000, 1, 0"
  })
  void draw_isTheTokenThatTheFormulaNames(double temperature, int topK, double topP, double minP) {
    Sampling sampling = new Sampling(temperature, topK, topP, minP, 1, 0, 0, Map.of(), 1);
    Memory step = Staging.fixed(gpu, ROWS, new int[0], new int[0], new int[0]);
    Drawing drawing = new Drawing(gpu);
    for (int row = 0; row < ROWS; row++) {
      for (int i = 0; i < 8; i++) {
        double uniform = i / 8.0 + 0.003;
        int token = drawing.draw(step, buffer, largest, row, sampling, uniform);
        int expected = expected(row, sampling, uniform);
        // Sums in another order may pass the point one token earlier or later.
        int apart = order(row).indexOf(token) - order(row).indexOf(expected);
        assertThat(apart).as("row %d, uniform %s", row, uniform).isBetween(-1, 1);
        assertThat(order(row).indexOf(token)).isLessThan(kept(row, sampling));
      }
    }
  }

  private static List<Integer> order(int row) {
    return ORDERS.computeIfAbsent(row, DrawingTest::sorted);
  }

  private static List<Integer> sorted(int row) {
    return IntStream.range(0, VOCABULARY)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -logits[row * VOCABULARY + i]))
        .toList();
  }

  private static double mass(int row, int token, Sampling sampling) {
    float most = logits[row * VOCABULARY + order(row).get(0)];
    return Math.exp((logits[row * VOCABULARY + token] - most) / sampling.temperature());
  }

  /** How many of the most probable are left after top-k, top-p and min-p. */
  private static int kept(int row, Sampling sampling) {
    List<Integer> order = order(row);
    int k = sampling.topK() == 0 ? VOCABULARY : Math.min(VOCABULARY, sampling.topK());
    double[] masses = order.stream().limit(k).mapToDouble(t -> mass(row, t, sampling)).toArray();
    double whole = IntStream.range(0, k).mapToDouble(i -> masses[i]).sum();
    int kept = 0;
    double sum = 0;
    while (kept < k
        && (kept == 0 || sum < sampling.topP() * whole)
        && masses[kept] >= sampling.minP()) {
      sum += masses[kept++];
    }
    return kept;
  }

  private static int expected(int row, Sampling sampling, double uniform) {
    List<Integer> order = order(row);
    int kept = kept(row, sampling);
    double whole =
        order.stream().limit(kept).mapToDouble(token -> mass(row, token, sampling)).sum();
    double sum = 0;
    for (int i = 0; i < kept; i++) {
      sum += mass(row, order.get(i), sampling);
      if (uniform * whole < sum) {
        return order.get(i);
      }
    }
    return order.get(kept - 1);
  }
}
