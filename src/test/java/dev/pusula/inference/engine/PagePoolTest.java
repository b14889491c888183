package dev.pusula.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PagePoolTest {

  private static final int[] TOKENS = IntStream.range(0, 4 * Device.PAGE).toArray();

  private final PagePool pool = new PagePool(4);
  private final long base = pool.root(List.of());

  @Test
  void take_givesEachPageOnce_andNoneWhenAllAreHeld() {
    HashSet<Integer> pages = new HashSet<>();
    for (int i = 0; i < 4; i++) {
      pages.add(pool.take());
    }
    assertThat(pages).containsExactlyInAnyOrder(0, 1, 2, 3);
    assertThat(pool.take()).isEqualTo(-1);
    pool.release(2);
    assertThat(pool.take()).isEqualTo(2);
  }

  @Test
  void release_ofAPageThatNobodyHolds_isAnError() {
    int page = pool.take();
    pool.release(page);
    assertThatThrownBy(() -> pool.release(page)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void publishedPage_isSharedByTheSameBeginningOnly() {
    int first = pool.take();
    long node = pool.publish(base, TOKENS, 0, first);
    int second = pool.take();
    pool.publish(node, TOKENS, Device.PAGE, second);
    pool.release(first);
    pool.release(second);
    assertThat(pool.available()).isEqualTo(4);
    assertThat(pool.cached()).isEqualTo(2);

    assertThat(pool.share(base, TOKENS, 0)).isEqualTo(first);
    assertThat(pool.share(pool.node(first), TOKENS, Device.PAGE)).isEqualTo(second);
    assertThat(pool.share(base, TOKENS, Device.PAGE)).as("another place").isEqualTo(-1);
    assertThat(pool.share(pool.root(List.of(1L, 1f)), TOKENS, 0))
        .as("another adapter")
        .isEqualTo(-1);
    int[] other = TOKENS.clone();
    other[Device.PAGE - 1]++;
    assertThat(pool.share(base, other, 0)).as("another token").isEqualTo(-1);
    assertThat(pool.available()).isEqualTo(2);
  }

  @Test
  void sharedPage_isFreedWithItsLastHolder() {
    int page = pool.take();
    pool.publish(base, TOKENS, 0, page);
    assertThat(pool.share(base, TOKENS, 0)).isEqualTo(page);
    pool.release(page);
    assertThat(pool.available()).isEqualTo(3);
    pool.release(page);
    assertThat(pool.available()).isEqualTo(4);
  }

  @Test
  void keptPages_makeRoom_theLongestUnusedFirst() {
    int[] pages = new int[4];
    for (int i = 0; i < 4; i++) {
      pages[i] = pool.take();
      pool.publish(base, TOKENS, i * Device.PAGE, pages[i]);
    }
    pool.release(pages[2]);
    pool.release(pages[0]);
    assertThat(pool.take()).isEqualTo(pages[2]);
    assertThat(pool.share(base, TOKENS, 2 * Device.PAGE)).as("forgotten").isEqualTo(-1);
    assertThat(pool.share(base, TOKENS, 0)).as("still known").isEqualTo(pages[0]);
  }

  @Test
  void secondPageWithTheSameBeginning_staysItsHoldersOwn() {
    int first = pool.take();
    long node = pool.publish(base, TOKENS, 0, first);
    int second = pool.take();
    assertThat(pool.publish(base, TOKENS, 0, second)).isEqualTo(node);
    pool.release(second);
    assertThat(pool.cached()).isZero();
    assertThat(pool.available()).isEqualTo(3);
  }

  /** Against bookkeeping that is obviously right. */
  @Test
  void randomUse_neverLosesOrDoublesAPage() {
    PagePool big = new PagePool(20);
    Random random = new Random(5);
    List<Integer> held = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      int kind = random.nextInt(4);
      int from = random.nextInt(3) * Device.PAGE;
      long root = big.root(List.of((long) random.nextInt(6)));
      if (kind == 0) {
        int page = big.take();
        if (page >= 0) {
          held.add(page);
          if (random.nextBoolean()) {
            big.publish(root, TOKENS, from, page);
          }
        } else {
          assertThat(big.available()).isZero();
        }
      } else if (kind == 1) {
        int page = big.share(root, TOKENS, from);
        if (page >= 0) {
          held.add(page);
        }
      } else if (!held.isEmpty()) {
        big.release(held.remove(random.nextInt(held.size())));
      }
      assertThat(big.available()).isEqualTo(20 - new HashSet<>(held).size());
    }
  }
}
